import type { KubeObject } from "@idstack/manifests";
import type { ConfigMap } from "@idstack/schemas/v1";
import { type KsopsOptions, ksops } from "./ksops.ts";

/** Options of {@link ksopsPatches}. */
export interface KsopsPatchesOptions extends KsopsOptions {
  /** Namespace Argo CD runs in; `argocd` by default. */
  readonly namespace?: string | undefined;
}

interface RepoServer {
  readonly env: unknown;
  readonly volumeMounts: unknown;
  readonly volumes: unknown;
  readonly initContainers: unknown;
}

/**
 * Wires ksops into an Argo CD that was installed from its own manifests: strategic merge patches for `argocd-cm` and for
 * the repo-server, to list under `patches` of a kustomization. With the Helm chart, take {@link ksops} and `argoCdChart`.
 *
 * @example
 * ```ts
 * import { ksopsPatches } from "@idstack/gitops";
 * for (const { kind, metadata } of ksopsPatches()) console.log(kind, metadata?.name);
 * // ConfigMap argocd-cm
 * // Deployment argocd-repo-server
 * ```
 */
export function ksopsPatches(options: KsopsPatchesOptions = {}): [configMap: ConfigMap, deployment: KubeObject] {
  const { namespace = "argocd" } = options;
  const { argoCdValues } = ksops(options);
  const { configs, repoServer } = argoCdValues as { configs: { cm: Record<string, string> }; repoServer: RepoServer };
  const { env, volumeMounts, volumes, initContainers } = repoServer;
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "argocd-cm", namespace }, data: configs.cm },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "argocd-repo-server", namespace },
      spec: {
        template: {
          spec: { initContainers, containers: [{ name: "argocd-repo-server", env, volumeMounts }], volumes },
        },
      },
    } as KubeObject,
  ];
}
