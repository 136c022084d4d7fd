import { type Document, isCollection, isScalar, type Scalar, visit } from "yaml";
import type { Path } from "../diagnostic.ts";
import type { ManifestDocument } from "../document.ts";
import { listItems } from "../internal/list.ts";
import { hasPatchDirective, isEncrypted } from "../internal/marks.ts";
import { isMapping } from "../internal/plain.ts";
import type { KubeObject } from "../kube-object.ts";
import { skipReason } from "./classify.ts";
import { findNode, keyName } from "./node-index.ts";
import type { ParseTarget } from "./parse-manifests.ts";
import { templateOffset } from "./template.ts";

/** Sorts one YAML document into objects, patches, skipped documents and diagnostics. */
export function readDocument(document: Document.Parsed, target: ParseTarget): void {
  const start = document.contents?.range[0] ?? document.range[0];
  const template = templateOffset(document, target.text);
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
  if (reportErrors(document, target)) return;
  if (document.contents === null) return;
  const value = plain(document, start, target);
  if (value === undefined || value === null) return;
  reportKeys(document, target);
  readValue(value, [], document, target);
}

function reportErrors(document: Document.Parsed, target: ParseTarget): boolean {
  let broken = false;
  // One mistake makes the parser stumble many times; the first few tell where it is.
  for (const error of document.errors.slice(0, 5)) {
    const duplicate = error.code === "DUPLICATE_KEY";
    broken ||= !duplicate;
    target.report(duplicate ? "yaml-duplicate-key" : "yaml-syntax", error.pos[0], {
      severity: "error",
      message: duplicate ? "this key is in the mapping twice; the last one counts" : error.message,
      help: duplicate
        ? "Remove one of the two."
        : "Look at the indentation, quotes and brackets at this place and above.",
    });
  }
  return broken;
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

/** Keys that are not the strings they look like: `on:` is the key `true`, a mapping as a key is no key at all. */
function reportKeys(document: Document.Parsed, target: ParseTarget): void {
  visit(document, {
    Pair(_, { key }) {
      if (isCollection(key)) {
        target.report("yaml-key", key.range?.[0] ?? 0, {
          severity: "error",
          message: "a mapping or a list cannot be a key",
          help: "If it is a template expression, put it in quotes.",
        });
      } else if (isScalar(key) && typeof key.value !== "string" && typeof key.value !== "symbol") {
        reportScalarKey(key, target);
      }
    },
  });
}

function reportScalarKey(key: Scalar, target: ParseTarget): void {
  const written = key.source ?? "";
  const read = keyName(key);
  // 80: as a key is fine: it is read as the string that is written.
  if (written === read && typeof key.value === "number") return;
  target.report("yaml-key", key.range?.[0] ?? 0, {
    severity: "warning",
    message: `the key ${written === "" ? "(empty)" : written} is no string: Kubernetes reads it as "${read}"`,
    help: `Put it in quotes: "${written}".`,
  });
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
