import { ksops } from "@idstack/gitops";
import type { Diagnostic, ExtraFile, VirtualEndpoint } from "@idstack/manifests";
import { type AuthorizationTable, authorizationTable } from "../authorization.ts";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { inOrder } from "../internal/in-order.ts";
import type { Stack } from "../stack.ts";
import { expandAuthentik } from "./authentik.ts";
import { type EncryptedFile, encryptedFiles } from "./encrypted-files.ts";
import { expandExposure } from "./exposure.ts";
import { expandGitOps } from "./gitops.ts";
import { expandIdentity, spireFiles } from "./identity.ts";
import { expandNamespaces } from "./namespaces.ts";
import { merge, type Part, part } from "./part.ts";
import { type PlacedObject, place } from "./placed.ts";
import { expandPlatform } from "./platform.ts";
import { compilePolicies } from "./policies.ts";
import { expandRuntime } from "./runtime.ts";
import { expandSecrets } from "./secrets.ts";
import { expandServices } from "./services.ts";

/** Everything a declaration means: plain data, nothing written. */
export interface Expansion {
  readonly objects: readonly PlacedObject[];
  /** Files that are no Kubernetes objects. */
  readonly files: readonly ExtraFile[];
  /** Encrypted files to copy byte for byte: from beside the declaration to a path of the tree. */
  readonly encrypted: readonly EncryptedFile[];
  /** Pods that charts and operators will create, for whoever evaluates the policies. */
  readonly endpoints: readonly VirtualEndpoint[];
  readonly authorization: AuthorizationTable;
  /** What to know besides, with its place in the declaration: images without a digest, restrictions that another voids. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Expands a declaration through every builder: workloads, identities, policies on both sides of every call, secrets,
 * databases with backups, single sign-on, charts, and Argo CD's projects and applications.
 *
 * Pure and deterministic: the same declaration gives the same data, in whatever order its names are written.
 *
 * @example
 * ```ts
 * import { defineStack, expand } from "@idstack/stack";
 * const { objects } = expand(defineStack({
 *   cluster: { name: "home", trustDomain: "homelab.internal", cni: "cilium", podCidr: "10.42.0.0/16", apiServer: "192.168.1.10" },
 *   gitops: { repo: "https://git.home.arpa/me/home.git", path: "rendered" },
 *   namespaces: { apps: {} },
 *   services: { web: { namespace: "apps", image: "ghcr.io/me/web:1.4.2", port: 8080 } },
 * }));
 * console.log(objects.filter(({ folder }) => folder === "apps").map(({ object }) => object.kind));
 * ```
 */
export function expand({ declaration }: Stack): Expansion {
  const stack = inOrder(declaration);
  const decryptor = stack.sops === undefined ? undefined : ksops();
  const all = merge([
    expandNamespaces(stack),
    expandPlatform(stack, decryptor),
    expandIdentity(stack),
    expandSecrets(stack),
    expandAuthentik(stack),
    expandServices(stack),
    expandExposure(stack),
    expandRuntime(stack),
    ownObjects(stack),
  ]);
  const policies = compilePolicies(stack, all.intents);
  const namespaces = Object.keys(stack.namespaces);
  const placed = [...all.objects, ...policies.objects].map((object) => place(object, namespaces));
  return {
    objects: [...placed, ...expandGitOps(stack, { placed, charts: all.charts, decryptor })],
    files: spireFiles(stack),
    encrypted: encryptedFiles(stack),
    endpoints: all.endpoints.map(({ value }) => value),
    authorization: authorizationTable(stack),
    diagnostics: [...all.diagnostics, ...policies.diagnostics],
  };
}

/** Objects made elsewhere, unchanged. */
function ownObjects({ objects = [] }: StackDeclaration): Part {
  return merge(objects.map((object, index) => part(["objects", index], { objects: [object] })));
}
