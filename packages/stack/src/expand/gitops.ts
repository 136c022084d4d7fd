import type { ChartRelease } from "@idstack/backup";
import {
  application,
  appOfApps,
  appProject,
  helmApplication,
  type KsopsDecryptor,
  ksopsDirectory,
} from "@idstack/gitops";
import type { StackDeclaration } from "../declaration.ts";
import { folders, type PlacedObject } from "./placed.ts";

/** Argo CD's namespace, as its documentation and its own manifests have it. */
export const argoCdNamespace = "argocd";

/** Cluster-scoped kinds that the charts and the platform folder create; a project permits nothing it does not list. */
const clusterKinds = [
  "Namespace",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "cert-manager.io/ClusterIssuer",
  "cilium.io/CiliumClusterwideNetworkPolicy",
  "cilium.io/TracingPolicy",
  "external-secrets.io/ClusterSecretStore",
  "gateway.networking.k8s.io/GatewayClass",
  "networking.k8s.io/IngressClass",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "spire.spiffe.io/ClusterSPIFFEID",
  "storage.k8s.io/CSIDriver",
] as const;

/** What has to be delivered: the folders with content, the charts, and the encrypted files. */
export interface Delivery {
  readonly namespaces: readonly string[];
  readonly hasPlatformFolder: boolean;
  readonly charts: readonly ChartRelease[];
  readonly decryptor: KsopsDecryptor | undefined;
}

/** Argo CD's own objects: one project for the platform, one for each namespace, an Application for each folder and chart. */
export function expandGitOps(stack: StackDeclaration, delivery: Delivery): PlacedObject[] {
  const { repo, path, revision } = stack.gitops;
  const source = (folder: string) => ({
    repo,
    path: `${path}/${folder}`,
    ...(revision === undefined ? {} : { revision }),
  });
  const { charts, namespaces, decryptor } = delivery;

  const platform = appProject({
    name: "platform",
    description: "What the cluster itself runs",
    sourceRepos: unique([repo, ...charts.map((chart) => chart.repo.replace(/^oci:\/\//, ""))]),
    destinations: unique(["kube-system", argoCdNamespace, ...namespaces, ...charts.map(({ namespace }) => namespace)]),
    clusterResources: clusterKinds,
  });
  const projects = namespaces.map((namespace) =>
    appProject({
      name: namespace,
      description: `Workloads of ${namespace}`,
      sourceRepos: [repo],
      destinations: [namespace],
    }),
  );
  const applications = [
    application({
      name: "cluster",
      project: "platform",
      destination: argoCdNamespace,
      source: source(folders.cluster),
      syncWave: -10,
    }),
    ...charts.map((chart) => helmApplication(chart, { project: "platform", serverSideApply: true, syncWave: -5 })),
    ...(delivery.hasPlatformFolder
      ? [
          application({
            name: "platform",
            project: "platform",
            destination: argoCdNamespace,
            source: source(folders.platform),
          }),
        ]
      : []),
    ...namespaces.map((namespace) =>
      application({ name: namespace, project: namespace, destination: namespace, source: source(namespace) }),
    ),
    ...Object.keys(encryptedByNamespace(stack)).map((namespace) =>
      application({
        name: `secrets-${namespace}`,
        project: namespace,
        destination: namespace,
        source: source(`${folders.secrets}/${namespace}`),
        decryptor,
        syncWave: -5,
      }),
    ),
  ];
  const root = appOfApps({ name: "root", source: source(folders.argocd) });
  return [
    ...root.objects.map((object) => ({ folder: folders.bootstrap, object })),
    ...[platform, ...projects, ...applications].map((object) => ({ folder: folders.argocd, object })),
    ...Object.entries(encryptedByNamespace(stack)).flatMap(([namespace, files]) =>
      ksopsDirectory({ encrypted: files.map(baseName), namespace }).map(({ path: file, object }) => ({
        folder: `${folders.secrets}/${namespace}`,
        object,
        file,
      })),
    ),
  ];
}

/** Encrypted files by the namespace they belong to. */
export function encryptedByNamespace(stack: StackDeclaration): Record<string, string[]> {
  const byNamespace: Record<string, string[]> = {};
  for (const [file, namespace] of Object.entries(stack.sops?.files ?? {})) {
    byNamespace[namespace] = [...(byNamespace[namespace] ?? []), file];
  }
  return byNamespace;
}

/** Last part of a path. */
export function baseName(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
