import type { ManifestDocument, Path } from "@idstack/manifests";
import type { AuditContext } from "../context.ts";
import { listOf, mapAt, mapOf } from "./read.ts";

/** The specification of an Argo CD Application, written as one or as the template of an ApplicationSet. */
export interface ArgoApplication {
  readonly document: ManifestDocument;
  readonly spec: Readonly<Record<string, unknown>>;
  /** Where the specification stands in the document. */
  readonly path: Path;
}

/** Applications, and the templates of ApplicationSets. */
export function argoApplications(context: Pick<AuditContext, "ofKind">): ArgoApplication[] {
  return context.ofKind("argoproj.io", "Application", "ApplicationSet").map((document) => {
    const path = document.object.kind === "ApplicationSet" ? ["spec", "template", "spec"] : ["spec"];
    return { document, path, spec: mapAt(document.object, ...path) };
  });
}

/** `spec.source` and `spec.sources` with their paths. */
export function sourcesOf({
  spec,
  path,
}: ArgoApplication): { source: Readonly<Record<string, unknown>>; path: Path }[] {
  const single = spec["source"] === undefined ? [] : [{ source: mapOf(spec["source"]), path: [...path, "source"] }];
  const several = listOf(spec["sources"]).map((source, index) => ({
    source: mapOf(source),
    path: [...path, "sources", index],
  }));
  return [...single, ...several];
}

/** `syncPolicy.automated` of an Application, empty when it syncs by hand. */
export function automatedOf({ spec }: ArgoApplication): Readonly<Record<string, unknown>> {
  return mapOf(mapOf(spec["syncPolicy"])["automated"]);
}

/** Whether Argo CD takes the project `default`: named, or left out. */
export function inDefaultProject({ spec }: ArgoApplication): boolean {
  return spec["project"] === undefined || spec["project"] === "" || spec["project"] === "default";
}
