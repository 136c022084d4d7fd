import type { ManifestDocument, TextFile } from "@idstack/manifests";
import { argoApplications, sourcesOf } from "./argo.ts";
import { nameOf } from "./documents.ts";
import { mapAt, mapOf, textAt, textOf } from "./read.ts";

/** Something in the tree that creates pods which are not in the tree: a chart, or manifests from elsewhere. */
export interface Install {
  /** Release name. */
  readonly name: string;
  /** Last part of the chart's name, `undefined` when manifests of another repository are installed. */
  readonly chart: string | undefined;
  readonly namespace: string | undefined;
  readonly values: unknown;
  readonly document: ManifestDocument;
}

/** The parts of a tree that installs are read from. */
export interface InstallSources {
  readonly files: readonly TextFile[];
  ofKind(group: string, ...kinds: readonly string[]): readonly ManifestDocument[];
}

/** Charts installed by Argo CD, Flux and k3s, and Argo CD Applications whose manifests are not in the tree. */
export function installsOf(sources: InstallSources): Install[] {
  return [...argoInstalls(sources), ...fluxInstalls(sources), ...k3sInstalls(sources)];
}

function argoInstalls(sources: InstallSources): Install[] {
  return argoApplications(sources).flatMap((application) => {
    const namespace = textOf(mapOf(application.spec["destination"])["namespace"]);
    const { document } = application;
    return sourcesOf(application).flatMap(({ source }) => {
      const chart = textOf(source["chart"]);
      if (chart === undefined && isInTree(textOf(source["path"]), sources.files)) return [];
      const helm = mapOf(source["helm"]);
      return [
        {
          name: textOf(helm["releaseName"]) ?? nameOf(document.object),
          chart: chart?.split("/").at(-1),
          namespace,
          values: [helm["valuesObject"], helm["values"], helm["parameters"]],
          document,
        },
      ];
    });
  });
}

/** Whether files of the tree lie in the folder; the tree may be a part of the repository the path starts at. */
function isInTree(path: string | undefined, files: readonly TextFile[]): boolean {
  if (path === undefined) return true;
  const folder = path.replace(/^\.\//, "").replace(/\/$/, "");
  if (folder === "" || folder === ".") return true;
  return files.some((file) => file.path.startsWith(`${folder}/`) || folder.endsWith(`/${file.path.split("/")[0]}`));
}

function fluxInstalls(sources: InstallSources): Install[] {
  return sources.ofKind("helm.toolkit.fluxcd.io", "HelmRelease").map((document) => {
    const { object } = document;
    const chart = textAt(object, "spec", "chart", "spec", "chart") ?? textAt(object, "spec", "chartRef", "name");
    return {
      name: textAt(object, "spec", "releaseName") ?? nameOf(object),
      chart: chart?.split("/").at(-1),
      namespace: textAt(object, "spec", "targetNamespace") ?? object.metadata?.namespace,
      values: mapAt(object, "spec", "values"),
      document,
    };
  });
}

function k3sInstalls(sources: InstallSources): Install[] {
  return sources.ofKind("helm.cattle.io", "HelmChart").map((document) => ({
    name: nameOf(document.object),
    chart: textAt(document.object, "spec", "chart")?.split("/").at(-1),
    namespace: textAt(document.object, "spec", "targetNamespace") ?? document.object.metadata?.namespace,
    values: textAt(document.object, "spec", "valuesContent"),
    document,
  }));
}
