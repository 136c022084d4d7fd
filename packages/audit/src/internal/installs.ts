import { formatRef, type ManifestDocument, objectRef, type SkippedDocument, type TextFile } from "@idstack/manifests";
import { argoApplications, sourcesOf } from "./argo.ts";
import { describeWithPlace, nameOf } from "./documents.ts";
import { listOf, mapAt, mapOf, textAt, textOf } from "./read.ts";

/** Something in the tree that creates pods which are not in the tree: a chart, or manifests from elsewhere. */
export interface Install {
  /** Release name. */
  readonly name: string;
  /** Last part of the chart's name, `undefined` when manifests of another repository are installed. */
  readonly chart: string | undefined;
  readonly namespace: string | undefined;
  readonly values: unknown;
  /** What installs it, for messages. */
  readonly by: string;
  /** The same with its place in the tree. */
  readonly where: string;
}

/** The parts of a tree that installs are read from. */
export interface InstallSources {
  readonly documents: readonly ManifestDocument[];
  readonly files: readonly TextFile[];
  readonly skipped: readonly SkippedDocument[];
  ofKind(group: string, ...kinds: readonly string[]): readonly ManifestDocument[];
}

/** Charts installed by Argo CD, Flux, k3s and kustomize, and Argo CD Applications whose manifests are not in the tree. */
export function installsOf(sources: InstallSources): Install[] {
  return [
    ...argoInstalls(sources),
    ...fluxInstalls(sources),
    ...k3sInstalls(sources),
    ...kustomizeInstalls(sources.skipped),
  ];
}

function argoInstalls(sources: InstallSources): Install[] {
  const paths = new Set([
    ...sources.files.map(({ path }) => path),
    ...sources.documents.flatMap(({ file }) => (file === undefined ? [] : [file])),
  ]);
  return argoApplications(sources).flatMap((application) => {
    const namespace = textOf(mapOf(application.spec["destination"])["namespace"]);
    const { document } = application;
    return sourcesOf(application).flatMap(({ source }) => {
      const chart = textOf(source["chart"]);
      if (chart === undefined && isInTree(textOf(source["path"]), paths)) return [];
      const helm = mapOf(source["helm"]);
      const name = textOf(helm["releaseName"]) ?? nameOf(document.object);
      const values = [helm["valuesObject"], helm["values"], helm["parameters"]];
      return [{ name, chart: lastPart(chart), namespace, values, ...installer(document) }];
    });
  });
}

/** Whether files of the tree lie in the folder; the tree may be a part of the repository the path starts at. */
function isInTree(path: string | undefined, paths: ReadonlySet<string>): boolean {
  const folder = path?.replace(/^\.\//, "").replace(/\/$/, "") ?? "";
  if (folder === "" || folder === ".") return true;
  return [...paths].some((file) => file.startsWith(`${folder}/`) || folder.endsWith(`/${file.split("/")[0]}`));
}

function fluxInstalls(sources: InstallSources): Install[] {
  return sources.ofKind("helm.toolkit.fluxcd.io", "HelmRelease").map((document) => {
    const { object } = document;
    const chart = textAt(object, "spec", "chart", "spec", "chart") ?? textAt(object, "spec", "chartRef", "name");
    return {
      name: textAt(object, "spec", "releaseName") ?? nameOf(object),
      chart: lastPart(chart),
      namespace: textAt(object, "spec", "targetNamespace") ?? object.metadata?.namespace,
      values: mapAt(object, "spec", "values"),
      ...installer(document),
    };
  });
}

function k3sInstalls(sources: InstallSources): Install[] {
  return sources.ofKind("helm.cattle.io", "HelmChart").map((document) => ({
    name: nameOf(document.object),
    chart: lastPart(textAt(document.object, "spec", "chart")),
    namespace: textAt(document.object, "spec", "targetNamespace") ?? document.object.metadata?.namespace,
    values: textAt(document.object, "spec", "valuesContent"),
    ...installer(document),
  }));
}

function kustomizeInstalls(skipped: readonly SkippedDocument[]): Install[] {
  return skipped
    .filter(({ reason }) => reason === "kustomize")
    .flatMap(({ file, line, value }) =>
      listOf(mapOf(value)["helmCharts"]).flatMap((item) => {
        const chart = mapOf(item);
        const name = textOf(chart["releaseName"]) ?? textOf(chart["name"]);
        if (name === undefined) return [];
        const namespace = textOf(chart["namespace"]) ?? textOf(mapOf(value)["namespace"]);
        const where = file === undefined ? "a kustomization" : `the kustomization ${file}:${line}`;
        const values = chart["valuesInline"];
        return [{ name, chart: lastPart(textOf(chart["name"])), namespace, values, by: "a kustomization", where }];
      }),
    );
}

function installer(document: ManifestDocument): Pick<Install, "by" | "where"> {
  return { by: formatRef(objectRef(document.object)), where: describeWithPlace(document) };
}

function lastPart(chart: string | undefined): string | undefined {
  return chart?.split("/").at(-1);
}
