import { structuralProblems } from "./internal/structural-problems.ts";
import type { CrdProblem, CrdProblemCode } from "./problem.ts";
import type { ServedSchema } from "./recording.ts";

type Json = Readonly<Record<string, unknown>>;
type Path = CrdProblem["path"];

/** Names become parts of paths, and of files: the server is as strict. */
const NAMES = {
  group: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/,
  kind: /^[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/,
  plural: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  version: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
};

/**
 * Why an API server refuses a CustomResourceDefinition (`apiextensions.k8s.io/v1`), as far as its schemas depend on it:
 * what is missing, names and versions that contradict each other, schemas that are not structural. Fields that no
 * definition has are for `validate` of `@idstack/manifests` to find; CEL rules and defaults are not checked.
 *
 * @example
 * ```ts
 * import { crdProblems } from "@idstack/schemas/compile";
 * const versions = [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", properties: { spec: {} } } } }];
 * const spec = { group: "example.com", scope: "Namespaced", names: { kind: "Widget", plural: "widgets" }, versions };
 * const crd = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "widgets.example.com" }, spec };
 * for (const { path, message } of crdProblems(crd)) console.log(path.join("."), message);
 * // spec.versions.0.schema.openAPIV3Schema.properties.spec this schema has no type
 * ```
 */
export function crdProblems(definition: unknown): CrdProblem[] {
  const problems: CrdProblem[] = [];
  const spec = object(object(definition)["spec"]);
  const names = object(spec["names"]);
  const need = (of: Json, path: Path, name: "group" | "kind" | "plural"): string => {
    const value = of[name];
    const at = [...path, name];
    if (typeof value !== "string" || value === "") {
      problems.push(problem("incomplete-definition", at, `${name} is missing`, `Add ${name}.`));
      return "";
    }
    if (!NAMES[name].test(value)) problems.push(invalidName(value, name, at));
    return value;
  };
  const group = need(spec, ["spec"], "group");
  need(names, ["spec", "names"], "kind");
  const plural = need(names, ["spec", "names"], "plural");
  if (spec["scope"] !== "Namespaced" && spec["scope"] !== "Cluster") {
    const help = "Write Namespaced or Cluster.";
    problems.push(problem("incomplete-definition", ["spec", "scope"], "scope is neither Namespaced nor Cluster", help));
  }
  const name = object(object(definition)["metadata"])["name"];
  if (group !== "" && plural !== "" && name !== `${plural}.${group}`) {
    const message = `the name of the definition is not that of its resource and group`;
    const help = `Name it ${plural}.${group}.`;
    problems.push(problem("inconsistent-definition", ["metadata", "name"], message, help));
  }
  return [...problems, ...versionProblems(spec["versions"])];
}

function versionProblems(value: unknown): CrdProblem[] {
  const path = ["spec", "versions"];
  if (!Array.isArray(value) || value.length === 0) {
    return [problem("incomplete-definition", path, "it has no version", "Add a version with a schema.")];
  }
  const versions = value.map(object);
  const problems = versions.flatMap((version, index) => versionProblem(version, [...path, index]));
  const stored = versions.flatMap(({ storage }, index) => (storage === true ? [index] : []));
  if (stored.length !== 1) {
    const message = `${stored.length === 0 ? "no version is" : `${stored.length} versions are`} stored`;
    const at = stored[1] === undefined ? path : [...path, stored[1], "storage"];
    problems.push(problem("inconsistent-definition", at, message, "Set storage: true in exactly one version."));
  }
  for (const [index, { name }] of versions.entries()) {
    if (name === undefined || versions.findIndex((other) => other["name"] === name) === index) continue;
    const message = `version ${String(name)} is there twice`;
    problems.push(problem("inconsistent-definition", [...path, index, "name"], message, "Remove one of the two."));
  }
  return problems;
}

function versionProblem(version: Json, path: Path): CrdProblem[] {
  const problems: CrdProblem[] = [];
  if (typeof version["name"] !== "string" || version["name"] === "") {
    problems.push(problem("incomplete-definition", [...path, "name"], "name is missing", "Name the version: v1."));
  } else if (!NAMES.version.test(version["name"])) {
    problems.push(invalidName(version["name"], "version", [...path, "name"]));
  }
  for (const name of ["served", "storage"]) {
    if (typeof version[name] === "boolean") continue;
    const help = `Write ${name}: true or ${name}: false.`;
    problems.push(problem("incomplete-definition", [...path, name], `${name} is neither true nor false`, help));
  }
  const root = object(version["schema"])["openAPIV3Schema"];
  if (!isObject(root)) {
    const help =
      "Add schema.openAPIV3Schema; type: object with x-kubernetes-preserve-unknown-fields: true takes anything.";
    return [...problems, problem("incomplete-definition", [...path, "schema"], "the version has no schema", help)];
  }
  return [...problems, ...structuralProblems(root as ServedSchema, [...path, "schema", "openAPIV3Schema"])];
}

function invalidName(value: string, what: keyof typeof NAMES, path: Path): CrdProblem {
  const help = {
    group: "Write a domain of lower-case letters, digits and -: example.com.",
    kind: "Use letters, digits and -, a letter first.",
    plural: "Use lower-case letters, digits and -, a letter first.",
    version: "Write it like v1, v1beta1 or v2alpha1.",
  }[what];
  return problem("inconsistent-definition", path, `${JSON.stringify(value)} is no valid ${what}`, help);
}

function problem(code: CrdProblemCode, path: Path, message: string, help: string): CrdProblem {
  return { code, path, message, help };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: unknown): Json {
  return isObject(value) ? value : {};
}
