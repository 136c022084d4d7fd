import { ksops } from "@idstack/gitops";
import type { Diagnostic, ExtraFile, KubeObject, VirtualEndpoint } from "@idstack/manifests";
import { compile } from "@idstack/policy";
import { type AuthorizationTable, authorizationTable } from "../authorization.ts";
import type { StackDeclaration } from "../declaration.ts";
import type { Stack } from "../define-stack.ts";
import { expandAuthentik } from "./authentik.ts";
import { expandExposure } from "./exposure.ts";
import { baseName, encryptedByNamespace, expandGitOps } from "./gitops.ts";
import { expandIdentity, spireFiles } from "./identity.ts";
import { expandNamespaces } from "./namespaces.ts";
import { merge } from "./part.ts";
import { folders, type PlacedObject, place } from "./placed.ts";
import { expandPlatform } from "./platform.ts";
import { expandRuntime } from "./runtime.ts";
import { expandSecrets } from "./secrets.ts";
import { expandServices } from "./services.ts";

/** Everything a declaration means: plain data, nothing written. */
export interface Expansion {
  readonly objects: readonly PlacedObject[];
  /** Files that are no Kubernetes objects. */
  readonly files: readonly ExtraFile[];
  /** Encrypted files to copy byte for byte: from beside the declaration to a path of the tree. */
  readonly encrypted: readonly { readonly source: string; readonly path: string; readonly namespace: string }[];
  /** Pods that charts and operators will create, for whoever evaluates the policies. */
  readonly endpoints: readonly VirtualEndpoint[];
  readonly authorization: AuthorizationTable;
  /** What the CNI cannot say (warnings), what is wrong with the policies (errors), images without a digest. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Expands a declaration through every builder: workloads, identities, policies on both sides of every call, secrets,
 * databases with backups, single sign-on, charts, and Argo CD's projects and applications.
 *
 * Pure and deterministic: the same declaration gives the same data.
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
export function expand({ declaration: stack }: Stack): Expansion {
  const namespaces = Object.keys(stack.namespaces);
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
  ]);
  const policies = compile(stack.cluster.cni, all.intents);
  const placed = [...all.objects, ...policies.objects, ...(stack.objects ?? [])].map((object: KubeObject) =>
    place(object, namespaces),
  );
  return {
    objects: [
      ...placed,
      ...expandGitOps(stack, {
        namespaces,
        charts: all.charts,
        hasPlatformFolder: placed.some(({ folder }) => folder === folders.platform),
        decryptor,
      }),
    ],
    files: spireFiles(stack),
    encrypted: encryptedFiles(stack),
    endpoints: all.endpoints,
    authorization: authorizationTable(stack),
    diagnostics: [...all.diagnostics, ...policies.lost, ...policies.diagnostics],
  };
}

function encryptedFiles(stack: StackDeclaration): Expansion["encrypted"] {
  return Object.entries(encryptedByNamespace(stack)).flatMap(([namespace, files]) =>
    files.map((source) => ({ source, path: `${folders.secrets}/${namespace}/${baseName(source)}`, namespace })),
  );
}
