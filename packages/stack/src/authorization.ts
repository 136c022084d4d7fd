import { SpiffeId } from "@idstack/spiffe";
import type { StackDeclaration } from "./declaration.ts";

/** What one service may do over mutual TLS, by SPIFFE ID; the service's code hands these to its `authorize` options. */
export interface Authorization {
  /** Who may call it. */
  readonly accepts: readonly string[];
  /** Whom it calls. */
  readonly calls: readonly string[];
}

/** SPIFFE ID of a service → what it may do. */
export interface AuthorizationTable {
  readonly [spiffeId: string]: Authorization;
}

/**
 * The SPIFFE ID of a service: `spiffe://<trust domain>/ns/<namespace>/sa/<service>`, as SPIRE's controller manager issues it.
 *
 * @throws SpiffeError for names that cannot stand in a SPIFFE ID.
 */
export function serviceId(stack: StackDeclaration, name: string): string {
  const namespace = stack.services[name]?.namespace ?? "";
  return SpiffeId.parse(`spiffe://${stack.cluster.trustDomain}/ns/${namespace}/sa/${name}`).toString();
}

/** Whether pods of a service get an SVID: it serves mutual TLS, or calls a service that does. */
export function hasIdentity(stack: StackDeclaration, name: string): boolean {
  return stack.services[name]?.mtls === true || mtlsTargets(stack, name).length > 0;
}

/** Who may call whom over mutual TLS, from the `calls` of the declaration. */
export function authorizationTable(stack: StackDeclaration): AuthorizationTable {
  const names = Object.keys(stack.services).filter((name) => hasIdentity(stack, name));
  return Object.fromEntries(names.map((name) => [serviceId(stack, name), authorizationOf(stack, name)]));
}

/** The row of one service. */
export function authorizationOf(stack: StackDeclaration, name: string): Authorization {
  const callers = Object.keys(stack.services).filter((caller) => mtlsTargets(stack, caller).includes(name));
  const ids = (services: readonly string[]) => services.map((each) => serviceId(stack, each)).sort();
  return { accepts: ids(callers), calls: ids(mtlsTargets(stack, name)) };
}

function mtlsTargets(stack: StackDeclaration, name: string): string[] {
  const calls = stack.services[name]?.calls ?? [];
  return calls
    .map((call) => (typeof call === "string" ? call : call.service))
    .filter((target) => stack.services[target]?.mtls === true);
}
