import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { databaseName } from "../expand/databases.ts";

/** Pods of a service, as claims address them: `apps/web`. */
export function serviceParty(stack: StackDeclaration, name: string): string {
  return `${stack.services[name]?.namespace ?? ""}/${name}`;
}

/** Pods of a database, by its owner. */
export function databaseParty(namespace: string, owner: string): string {
  return `${namespace}/${databaseName(owner)}`;
}

/** Traefik's pods. */
export function ingressParty(stack: StackDeclaration): string {
  return `${stack.platform?.namespace ?? ""}/traefik`;
}

/** Services that call a service. */
export function callersOf(stack: StackDeclaration, name: string): string[] {
  return Object.keys(stack.services).filter((caller) => targetsOf(stack, caller).includes(name));
}

/** Services that a service calls. */
export function targetsOf(stack: StackDeclaration, name: string): string[] {
  return (stack.services[name]?.calls ?? []).map((call) => (typeof call === "string" ? call : call.service));
}

/** Port that a service listens on. */
export function servicePort(stack: StackDeclaration, name: string): string {
  return `tcp/${stack.services[name]?.port ?? 0}`;
}
