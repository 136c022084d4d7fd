import { SpiffeId } from "@idstack/spiffe";
import type { StackDeclaration } from "./declaration/stack-declaration.ts";

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
 * @throws TypeError for a service that is not declared.
 * @example
 * ```ts
 * import { defineStack, serviceId } from "@idstack/stack";
 * const { declaration } = defineStack({
 *   cluster: { name: "home", trustDomain: "homelab.internal", cni: "cilium", podCidr: "10.42.0.0/16", apiServer: "192.168.1.10" },
 *   gitops: { repo: "https://git.home.arpa/me/home.git", path: "rendered" },
 *   namespaces: { apps: {} },
 *   services: { web: { namespace: "apps", image: "ghcr.io/me/web:1.4.2", port: 8080 } },
 * });
 * console.log(serviceId(declaration, "web")); // spiffe://homelab.internal/ns/apps/sa/web
 * ```
 */
export function serviceId(stack: StackDeclaration, name: string): string {
  const service = Object.hasOwn(stack.services, name) ? stack.services[name] : undefined;
  if (service === undefined) throw new TypeError(`serviceId: there is no service "${name}"`);
  return SpiffeId.parse(`spiffe://${stack.cluster.trustDomain}/ns/${service.namespace}/sa/${name}`).toString();
}

/** Whether pods of a service get an SVID: it serves mutual TLS, or calls a service that does. */
export function hasIdentity(stack: StackDeclaration, name: string): boolean {
  return stack.services[name]?.mtls === true || mtlsTargets(stack, name).length > 0;
}

/**
 * Who may call whom over mutual TLS, from the `calls` of the declaration: a row for each service that speaks it, sorted
 * by SPIFFE ID.
 *
 * @example
 * ```ts
 * import { authorizationTable, defineStack } from "@idstack/stack";
 * const { declaration } = defineStack({
 *   cluster: { name: "home", trustDomain: "homelab.internal", cni: "cilium", podCidr: "10.42.0.0/16", apiServer: "192.168.1.10" },
 *   gitops: { repo: "https://git.home.arpa/me/home.git", path: "rendered" },
 *   namespaces: { apps: {}, infra: { podSecurity: "privileged", justification: "SPIRE mounts host paths.", defaultDeny: false } },
 *   platform: { namespace: "infra", spire: {} },
 *   services: {
 *     web: { namespace: "apps", image: "ghcr.io/me/web:1.4.2", port: 8080, calls: ["api"] },
 *     api: { namespace: "apps", image: "ghcr.io/me/api:2.0.0", port: 8443, mtls: true },
 *   },
 * });
 * console.log(authorizationTable(declaration)["spiffe://homelab.internal/ns/apps/sa/api"]?.accepts);
 * // [ 'spiffe://homelab.internal/ns/apps/sa/web' ]
 * ```
 */
export function authorizationTable(stack: StackDeclaration): AuthorizationTable {
  const names = Object.keys(stack.services).filter((name) => hasIdentity(stack, name));
  const rows = names.map((name): [string, Authorization] => [serviceId(stack, name), authorizationOf(stack, name)]);
  return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The row of one service. */
export function authorizationOf(stack: StackDeclaration, name: string): Authorization {
  const callers = Object.keys(stack.services).filter((caller) => mtlsTargets(stack, caller).includes(name));
  const ids = (services: readonly string[]) => services.map((each) => serviceId(stack, each)).sort();
  return { accepts: ids(callers), calls: ids(mtlsTargets(stack, name)) };
}

function mtlsTargets(stack: StackDeclaration, name: string): string[] {
  const targets = (stack.services[name]?.calls ?? []).map((call) => (typeof call === "string" ? call : call.service));
  return [...new Set(targets)].filter((target) => stack.services[target]?.mtls === true);
}
