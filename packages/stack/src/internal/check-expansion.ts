import {
  type Diagnostic,
  documentsOf,
  formatRef,
  groupOf,
  objectRef,
  type VirtualEndpoint,
  workloads,
} from "@idstack/manifests";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import type { StackDiagnosticCode } from "../errors.ts";
import { type Expansion, expand } from "../expand/expand.ts";
import type { PlacedObject } from "../expand/placed.ts";
import { madeByControllers } from "./made-by-controllers.ts";

const NAME_LABEL = "app.kubernetes.io/name";

/** What shows only in the result: two things of one name, and policies that cannot say what was declared. */
export function checkExpansion(declaration: StackDeclaration): Diagnostic[] {
  const expansion = expand({ declaration });
  return [
    ...expansion.diagnostics.filter(({ severity }) => severity === "error"),
    ...duplicates(expansion.objects),
    ...sharedLabels(declaration, expansion),
  ];
}

/** Objects that would overwrite each other, those that controllers make included. */
function duplicates(objects: readonly PlacedObject[]): Diagnostic<StackDiagnosticCode>[] {
  const made = objects.flatMap((placed) =>
    [objectRef(placed.object), ...madeByControllers(placed.object)].map((ref) => ({ ref, placed })),
  );
  const same = Map.groupBy(made, ({ ref: { apiVersion, kind, namespace, name }, placed }) => {
    // Files that Kustomize reads are no objects of the cluster: each folder has its own.
    const folder = ["Kustomization", "ksops"].includes(kind) ? placed.folder : "";
    return JSON.stringify([groupOf(apiVersion), kind, namespace, name, folder]);
  });
  return [...same.values()].flatMap(([first, ...others]) =>
    others.flatMap((other): Diagnostic<StackDiagnosticCode>[] => {
      if (first === undefined) return [];
      // Told at the setting that can be renamed: what a person named, rather than what the platform or the stack brings.
      const [told, by] = rank(first.placed) > rank(other.placed) ? [first, other] : [other, first];
      const maker = by.placed.source === "" ? "the stack itself" : by.placed.source;
      return [
        {
          code: "stack/name-taken",
          severity: "error",
          path: told.placed.source,
          message: `makes ${formatRef(other.ref)}, which ${maker} makes too.`,
          help: "Give one of them another name.",
        },
      ];
    }),
  );
}

function rank({ source }: PlacedObject): number {
  const order = ["objects", "services", "namespaces"].findIndex((key) => source.startsWith(key));
  return order < 0 ? 0 : 3 - order;
}

/** Pods of one name label in one namespace: policies and the Service would take them for the same. */
function sharedLabels(stack: StackDeclaration, { objects, endpoints }: Expansion): Diagnostic<StackDiagnosticCode>[] {
  const foreign = [...endpoints.map(virtual), ...ownWorkloads(objects)];
  return Object.entries(stack.services).flatMap(([name, { namespace }]) =>
    foreign
      .filter((other) => other.namespace === namespace && other.label === name)
      // Several components of a chart have one name.
      .filter(
        (other, index, all) => other.path !== undefined || all.findIndex(({ path }) => path === undefined) === index,
      )
      .map(
        ({ what, path }): Diagnostic<StackDiagnosticCode> => ({
          code: "stack/name-taken",
          severity: "error",
          path: path ?? `services.${name}`,
          message: `has pods labelled ${NAME_LABEL}: ${name} in ${namespace}, as ${path === undefined ? what : `services.${name}`} has: neither policies nor Services tell them apart.`,
          help: path === undefined ? "Rename the service, or use another namespace." : "Use another label.",
        }),
      ),
  );
}

interface Labelled {
  readonly namespace: string | undefined;
  readonly label: string | undefined;
  readonly what: string;
  /** The object of the declaration, if it is one. */
  readonly path?: string;
}

function virtual({ namespace, name, labels, source }: VirtualEndpoint): Labelled {
  return { namespace, label: labels[NAME_LABEL], what: `${name} of the ${source}` };
}

function ownWorkloads(objects: readonly PlacedObject[]): Labelled[] {
  return objects
    .filter(({ source }) => source.startsWith("objects"))
    .flatMap(({ object, source }) =>
      workloads(documentsOf([object])).map(({ namespace, labels, name }) => ({
        namespace,
        label: labels[NAME_LABEL],
        what: name,
        path: source,
      })),
    );
}
