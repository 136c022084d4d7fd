import {
  application,
  appOfApps,
  appProject,
  helmApplication,
  type KsopsDecryptor,
  ksopsDirectory,
} from "@idstack/gitops";
import { type ChartRelease, formatPath, type KubeObject, type Path } from "@idstack/manifests";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { clusterKinds } from "./cluster-kinds.ts";
import { encryptedFiles, fileName } from "./encrypted-files.ts";
import type { Sourced } from "./part.ts";
import { folders, type PlacedObject } from "./placed.ts";

/** Argo CD's namespace, as its documentation and its own manifests have it. */
export const argoCdNamespace = "argocd";

/** Name of the project, and of the Application, of what the cluster itself runs. */
const PLATFORM = "platform";

/** What has to be delivered: the objects in their folders, the charts, and how encrypted files are decrypted. */
export interface Delivery {
  readonly placed: readonly PlacedObject[];
  readonly charts: readonly Sourced<ChartRelease>[];
  readonly decryptor: KsopsDecryptor | undefined;
}

/** Argo CD's own objects: one project for the platform, one for each namespace, an Application for each folder and chart. */
export function expandGitOps(stack: StackDeclaration, delivery: Delivery): PlacedObject[] {
  const names = Object.keys(stack.namespaces);
  const root = appOfApps({ name: "root", source: folderSource(stack, folders.argocd) });
  return [
    ...root.objects.map((object) => placed(folders.bootstrap, object)),
    placed(folders.argocd, platformProject(stack, delivery)),
    ...names.map((name) => placed(folders.argocd, namespaceProject(stack, name), ["namespaces", name])),
    ...delivery.charts.map(({ value: chart, source }) =>
      placed(
        folders.argocd,
        helmApplication(chart, { project: PLATFORM, serverSideApply: true, syncWave: -5 }),
        source,
      ),
    ),
    ...folderApplications(stack, delivery),
    ...secretFolders(stack, delivery.decryptor),
  ];
}

function platformProject(stack: StackDeclaration, { placed: objects, charts }: Delivery) {
  const releases = charts.map(({ value }) => value);
  return appProject({
    name: PLATFORM,
    description: "What the cluster itself runs",
    sourceRepos: unique([stack.gitops.repo, ...releases.map(({ repo }) => repo.replace(/^oci:\/\//, ""))]),
    destinations: unique([
      "kube-system",
      // Cilium keeps the certificates that its policies name in a namespace of its own.
      ...(stack.platform?.cilium === undefined ? [] : ["cilium-secrets"]),
      argoCdNamespace,
      ...Object.keys(stack.namespaces),
      ...releases.map(({ namespace }) => namespace),
    ]),
    clusterResources: clusterKinds(objects.map(({ object }) => object)),
  });
}

function namespaceProject(stack: StackDeclaration, name: string) {
  const description = `Workloads of ${name}`;
  return appProject({ name, description, sourceRepos: [stack.gitops.repo], destinations: [name] });
}

/** An Application for each folder that holds something: Argo CD fails on a folder that is not there. */
function folderApplications(stack: StackDeclaration, { placed: objects }: Delivery): PlacedObject[] {
  const filled = new Set(objects.map(({ folder }) => folder));
  const platform = { project: PLATFORM, destination: argoCdNamespace };
  return [
    ...(filled.has(folders.cluster)
      ? [{ name: "cluster", ...platform, folder: folders.cluster, source: [], syncWave: -10 }]
      : []),
    ...(filled.has(folders.platform) ? [{ name: PLATFORM, ...platform, folder: folders.platform, source: [] }] : []),
    ...Object.keys(stack.namespaces)
      .filter((name) => filled.has(name))
      .map((name) => ({ name, project: name, destination: name, folder: name, source: ["namespaces", name] })),
  ].map(({ folder, source, ...options }) =>
    placed(folders.argocd, application({ ...options, source: folderSource(stack, folder) }), source),
  );
}

/** The encrypted files of each namespace: a folder that ksops decrypts, and the Application of it. */
function secretFolders(stack: StackDeclaration, decryptor: KsopsDecryptor | undefined): PlacedObject[] {
  const byNamespace = Map.groupBy(encryptedFiles(stack), ({ namespace }) => namespace);
  return [...byNamespace].flatMap(([namespace, files]) => {
    const folder = `${folders.secrets}/${namespace}`;
    const app = application({
      name: `secrets-${namespace}`,
      project: namespace,
      destination: namespace,
      source: folderSource(stack, folder),
      decryptor,
      syncWave: -5,
    });
    const encrypted = files.map(({ source }) => fileName(source));
    return [
      placed(folders.argocd, app, ["sops", "files"]),
      ...ksopsDirectory({ encrypted, namespace }).map(({ path: file, object }) => ({
        ...placed(folder, object, ["sops", "files"]),
        file,
      })),
    ];
  });
}

function folderSource({ gitops: { repo, path, revision } }: StackDeclaration, folder: string) {
  return { repo, path: path === "." ? folder : `${path}/${folder}`, ...(revision === undefined ? {} : { revision }) };
}

function placed(folder: string, object: KubeObject, source: Path = []): PlacedObject {
  return { folder, object, source: formatPath(source) };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
