import { getAt, type Path, type Workload } from "@idstack/manifests";
import { listOf, mapOf } from "./read.ts";

/** A container of a workload as it stands in the document. */
export interface ContainerAt {
  readonly container: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

/** Init containers and containers of a workload, with their paths. */
export function* containersOf({ document, podSpecPath }: Workload): Generator<ContainerAt> {
  for (const list of ["initContainers", "containers"] as const) {
    const items = listOf(getAt(document.object, [...podSpecPath, list]));
    for (const [index, item] of items.entries()) yield { container: mapOf(item), path: [...podSpecPath, list, index] };
  }
}

/** The pod spec as untyped data: what people wrote need not have the types of the schema. */
export function podSpecOf({ document, podSpecPath }: Workload): Readonly<Record<string, unknown>> {
  return mapOf(getAt(document.object, podSpecPath));
}
