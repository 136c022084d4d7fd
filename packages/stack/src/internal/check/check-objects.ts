import {
  type Diagnostic,
  formatPath,
  formatRef,
  type KubeObject,
  objectRef,
  type Path,
  type SchemaSource,
  schemasOf,
  validate,
} from "@idstack/manifests";
import { catalog } from "@idstack/schemas";
import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import type { StackDiagnosticCode } from "../../errors.ts";
import { argoCdNamespace } from "../../expand/gitops.ts";
import { didYouMean } from "./report.ts";

/** Objects made elsewhere: valid for the API server, and such that Argo CD can deliver them. */
export function checkObjects(stack: StackDeclaration): Diagnostic[] {
  const schemas = schemasOf(stack.objects ?? []);
  return (stack.objects ?? []).flatMap((object, index) => [
    ...invalidFields(object, index, schemas),
    ...undeliverable(stack, object, index),
  ]);
}

function invalidFields(object: KubeObject, index: number, schemas: SchemaSource): Diagnostic[] {
  return validate([object], { schemas })
    .filter(({ severity }) => severity === "error")
    .map(({ code, severity, message, path = "", help }) => ({
      code,
      severity,
      message: `${formatRef(objectRef(object))}: ${message}.`,
      path: `objects[${index}]${path === "" || path.startsWith("[") ? "" : "."}${path}`,
      help,
    }));
}

function undeliverable(stack: StackDeclaration, object: KubeObject, index: number): Diagnostic[] {
  const { apiVersion, kind, metadata } = object;
  const found = (code: StackDiagnosticCode, path: Path, message: string, help: string): Diagnostic[] => [
    { code, severity: "error", path: formatPath(["objects", index, ...path]), message, help },
  ];
  if (apiVersion === "v1" && kind === "Secret" && !("sops" in object) && holdsValues(object)) {
    const help = "Encrypt it with SOPS and name the file in `sops.files`, or keep the value in the secret store.";
    return found("stack/object", [], "is a Secret in plain text, which would be committed.", help);
  }
  if (apiVersion === "v1" && kind === "List") {
    return found("stack/object", [], "is a List, which is no object of its own.", "Name its items.");
  }
  const known = catalog.find((entry) => entry.apiVersion === apiVersion && entry.kind === kind);
  if (known === undefined) return [];
  const { namespace } = metadata ?? {};
  const at = ["metadata", "namespace"];
  if (!known.namespaced) {
    if (namespace === undefined) return [];
    return found("stack/object", at, `${kind} is cluster-wide and has no namespace.`, "Remove it.");
  }
  if (namespace === undefined) {
    return found("stack/object", at, "is missing: it would be applied beside Argo CD.", "Name a declared namespace.");
  }
  const names = [...Object.keys(stack.namespaces), argoCdNamespace, "kube-system"];
  if (names.includes(namespace)) return [];
  const message = `namespace "${namespace}" is not declared, so Argo CD may not deliver there.`;
  return found("stack/unknown-name", at, message, didYouMean(namespace, names));
}

function holdsValues(object: KubeObject): boolean {
  const { data, stringData } = object as { readonly data?: object; readonly stringData?: object };
  return Object.keys({ ...data, ...stringData }).length > 0;
}
