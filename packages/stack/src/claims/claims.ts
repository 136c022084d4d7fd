import { type Claim, type ClusterFacts, defaultDenied } from "@idstack/reach";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { deniesByDefault } from "../expand/connect.ts";
import { inOrder } from "../internal/in-order.ts";
import type { Stack } from "../stack.ts";
import { callClaims } from "./call-claims.ts";
import { databaseClaims } from "./database-claims.ts";
import { serviceClaims } from "./service-claims.ts";

/**
 * What a declaration promises about its network, to be proved from the policies that were rendered for it: default deny
 * is on; every call is allowed at its port; only declared callers reach a service; a service reaches only what it
 * declares; only its service, its own instances and the operator reach a database.
 *
 * Namespaces with `defaultDeny: false` promise nothing, so there is no claim about them alone. A service with an address
 * in `egress` is proved not to reach the other services and the API server, instead of nothing else at all.
 *
 * @example
 * ```ts
 * import { createCluster, proveClaims } from "@idstack/reach";
 * import { claims, clusterFacts, defineStack, expand } from "@idstack/stack";
 * const stack = defineStack({
 *   cluster: { name: "home", trustDomain: "homelab.internal", cni: "cilium", podCidr: "10.42.0.0/16", apiServer: "192.168.1.10" },
 *   gitops: { repo: "https://git.home.arpa/me/home.git", path: "rendered" },
 *   namespaces: { apps: {} },
 *   services: {
 *     web: { namespace: "apps", image: "ghcr.io/me/web:1.4.2", port: 8080, calls: ["api"] },
 *     api: { namespace: "apps", image: "ghcr.io/me/api:2.0.0", port: 8443 },
 *   },
 * });
 * const { objects, endpoints } = expand(stack);
 * const cluster = createCluster({ objects: objects.map(({ object }) => object), endpoints, facts: clusterFacts(stack) });
 * console.log(proveClaims(cluster, claims(stack)).ok); // true
 * ```
 */
export function claims({ declaration }: Stack): Claim[] {
  const stack = inOrder(declaration);
  const names = Object.keys(stack.services);
  return [
    ...closedNamespaces(stack).map((name) => defaultDenied(name)),
    ...names.flatMap((name) => callClaims(stack, name)),
    ...names.flatMap((name) => serviceClaims(stack, name)),
    ...databaseClaims(stack),
  ];
}

/** What the evaluator has to know about the cluster besides its manifests. */
export function clusterFacts({ declaration: { cluster } }: Stack): ClusterFacts {
  const { apiServer, cni, name, podCidr } = cluster;
  return { apiServer, cni, clusterName: name, podCidr };
}

/** Namespaces that deny by default and have pods: a claim about no pod would fail. */
function closedNamespaces(stack: StackDeclaration): string[] {
  const used = new Set([
    ...Object.values(stack.services).map(({ namespace }) => namespace),
    stack.platform?.authentik?.namespace,
  ]);
  return Object.keys(stack.namespaces).filter((name) => used.has(name) && deniesByDefault(stack, name));
}
