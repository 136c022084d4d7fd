import type { Document } from "yaml";
import type { Path } from "../diagnostic.ts";
import type { ManifestDocument } from "../document.ts";
import { listItems } from "../internal/list.ts";
import { hasPatchDirective, isEncrypted } from "../internal/marks.ts";
import { isMapping } from "../internal/plain.ts";
import type { KubeObject } from "../kube-object.ts";
import { skipReason } from "./classify.ts";
import { inspectNodes } from "./inspect-nodes.ts";
import { findNode } from "./node-index.ts";
import type { ParseTarget } from "./parse-manifests.ts";
import { syntaxFinding } from "./syntax-errors.ts";
import { templateOffset } from "./template.ts";

/** Sorts one YAML document into objects, patches, skipped documents and diagnostics. */
export function readDocument(document: Document.Parsed, target: ParseTarget): void {
  const start = document.contents?.range[0] ?? document.range[0];
  const problems = inspectNodes(document);
  const template = templateOffset(document, target.text, problems);
  if (template !== undefined) {
    target.skipped.push({
      reason: "template",
      file: target.file,
      line: target.position(template).line,
      value: undefined,
    });
    target.report("template", template, {
      severity: "warning",
      message: "this is a template, not YAML: nothing in it was checked",
      help: "Render it first (helm template, makejinja, envsubst …) and check the result.",
    });
    return;
  }
  reportErrors(document, target);
  if (document.errors.length > 0 || document.contents === null) return;
  const unreadable = problems.some(({ code }) => code === "yaml-alias");
  const value = unreadable ? undefined : plain(document, start, target);
  // Other programs read `on:` as they like, but nobody needs a key twice.
  const foreign = !unreadable && skipReason(value, target.file) !== undefined;
  for (const { code, offset, ...finding } of problems)
    if (!foreign || code === "yaml-duplicate-key") target.report(code, offset, finding);
  if (value === undefined || value === null) return;
  readValue(value, [], document, target);
}

/** One mistake makes the parser stumble many times; the first few tell where it is. */
function reportErrors({ errors }: Document.Parsed, target: ParseTarget): void {
  for (const error of errors.slice(0, 5)) target.report("yaml-syntax", error.pos[0], syntaxFinding(error));
}

/** Plain data of a document, or `undefined` if its aliases cannot be expanded. */
function plain(document: Document.Parsed, start: number, target: ParseTarget): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (cause) {
    target.report("yaml-alias", start, {
      severity: "error",
      message: cause instanceof Error ? cause.message : String(cause),
      help: "Write the repeated part out.",
    });
    return undefined;
  }
}

function readValue(value: unknown, base: Path, document: Document.Parsed, target: ParseTarget): void {
  const { key, value: node } = findNode(document, base);
  const offset = (node ?? key)?.range?.[0] ?? 0;
  const skip = skipReason(value, target.file);
  if (skip !== undefined) {
    target.skipped.push({ reason: skip, file: target.file, line: target.position(offset).line, value });
    return;
  }
  if (!isMapping(value)) return;
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || apiVersion === "" || kind === "") {
    const missing = ["apiVersion", "kind"].filter((name) => typeof value[name] !== "string" || value[name] === "");
    target.report("object-head", offset, {
      severity: "error",
      message: `this looks like a Kubernetes object but ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing or no string`,
      help: `Add ${missing.join(" and ")}.`,
    });
    return;
  }
  const items = listItems(value);
  if (items !== undefined) {
    items.forEach((item, index) => {
      const path = [...base, "items", index];
      if (isMapping(item)) readValue(item, path, document, target);
      else {
        target.report("list-item", findNode(document, path).value?.range?.[0] ?? offset, {
          severity: "error",
          message: `item ${index} of this ${kind} is no object`,
          help: "Write an object with apiVersion and kind, or remove the item.",
        });
      }
    });
    return;
  }
  const found = manifest(value as unknown as KubeObject & Record<string, unknown>, base, document, target);
  (found.patch ? target.patches : target.documents).push(found);
  if (found.encrypted && kind.startsWith("ENC[")) {
    target.report("sops-file", offset, {
      severity: "info",
      message: "SOPS encrypted this document as a whole, even its kind: nothing in it was checked",
      help: "Encrypt only the values: encrypted_regex ^(data|stringData)$ in .sops.yaml keeps the rest readable.",
    });
  }
}

function manifest(
  object: KubeObject & Record<string, unknown>,
  base: Path,
  document: Document.Parsed,
  { file, position }: ParseTarget,
): ManifestDocument {
  return {
    object,
    file,
    encrypted: isEncrypted(object),
    patch: hasPatchDirective(object),
    locate(path, part = "key") {
      const { key, value } = findNode(document, [...base, ...path]);
      const node = part === "key" ? (key ?? value) : (value ?? key);
      return node?.range ? position(node.range[0]) : undefined;
    },
  };
}
