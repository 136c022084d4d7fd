import type { Path } from "../diagnostic.ts";
import { isMapping } from "../internal/plain.ts";
import type { KubeObject } from "../kube-object.ts";
import { formatPath } from "../path.ts";
import { sortedFields } from "./key-order.ts";
import { inlineString, literalBlock, numberText } from "./scalar.ts";

/**
 * Writes objects as YAML that every reader takes the same way, several of them as documents split by `---`.
 *
 * - Deterministic: the same objects give the same bytes. Order of fields: `apiVersion`, `kind`, `metadata` (`name`,
 *   `namespace`, `labels`, `annotations` first; labels and annotations by key), `spec`, `data`, `stringData`, the others
 *   as they come, `status`, `sops`. Everything deeper keeps the order it has.
 * - A string that a YAML 1.1 or 1.2 reader could take for something else (`on`, `0777`, `1e3`, `12:30`, a date, `~`)
 *   is quoted; one of several lines is a literal block.
 * - Fields that are `undefined` are left out, `toJSON` is honoured, nothing is folded, no anchors are written.
 *
 * @throws TypeError for data that is no JSON: functions, bigints, NaN, infinities, cycles.
 * @example
 * ```ts
 * import { stringify } from "@idstack/manifests";
 * process.stdout.write(stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { debug: "on" } }));
 * ```
 */
export function stringify(objects: KubeObject | readonly KubeObject[]): string {
  const list = Array.isArray(objects) ? (objects as readonly KubeObject[]) : [objects as KubeObject];
  return list.map((object) => emitObject(object)).join("---\n");
}

function emitObject(object: KubeObject): string {
  const value = fromJson(object);
  if (!isMapping(value)) throw new TypeError("a Kubernetes object must be a mapping");
  const writer = new Writer();
  writer.mapping(sortedFields(value), "", [], false);
  return writer.text || "{}\n";
}

/** Appends block-style YAML, two spaces a level, lists indented below their key. */
class Writer {
  text = "";
  readonly #parents = new Set<object>();

  /** `onLine`: the current line already holds the indentation and the dash of a list item. */
  mapping(fields: Iterable<readonly [string, unknown]>, indent: string, path: Path, onLine: boolean): void {
    let first = onLine;
    for (const [key, raw] of fields) {
      const value = fromJson(raw);
      if (value === undefined) continue;
      this.text += first ? "" : indent;
      first = false;
      const name = inlineString(key);
      // Readers look at most 1024 characters ahead for the colon of a key.
      this.text += name.length > 1000 ? `? ${name}\n${indent}:` : `${name}:`;
      this.#value(value, indent, [...path, key], false);
    }
  }

  #value(value: unknown, indent: string, path: Path, inSequence: boolean): void {
    const gap = inSequence ? "" : " ";
    if (typeof value === "string") this.#string(value, indent, gap);
    else if (value === null || typeof value === "boolean") this.text += `${gap}${value}\n`;
    else if (typeof value === "number" && Number.isFinite(value)) this.text += `${gap}${numberText(value)}\n`;
    else if (typeof value === "object") this.#collection(value, indent, path, inSequence);
    // Without the value, which may be a secret.
    else
      throw new TypeError(`${formatPath(path)}: a ${typeof value} that JSON does not have cannot be written as YAML`);
  }

  #string(value: string, indent: string, gap: string): void {
    const block = literalBlock(value);
    if (block === undefined) this.text += `${gap}${inlineString(value)}\n`;
    else {
      this.text += `${gap}${block.header}\n`;
      for (const line of block.lines) this.text += line === "" ? "\n" : `${indent}  ${line}\n`;
    }
  }

  #collection(value: object, indent: string, path: Path, inSequence: boolean): void {
    if (this.#parents.has(value)) throw new TypeError(`${formatPath(path)}: the object contains itself`);
    this.#parents.add(value);
    if (Array.isArray(value)) this.#sequence(value, indent, path, inSequence);
    else {
      const fields = Object.entries(value).filter(([, field]) => fromJson(field) !== undefined);
      if (fields.length === 0) this.text += inSequence ? "{}\n" : " {}\n";
      else {
        if (!inSequence) this.text += "\n";
        this.mapping(fields, `${indent}  `, path, inSequence);
      }
    }
    this.#parents.delete(value);
  }

  #sequence(value: readonly unknown[], indent: string, path: Path, inSequence: boolean): void {
    if (value.length === 0) {
      this.text += inSequence ? "[]\n" : " []\n";
      return;
    }
    if (!inSequence) this.text += "\n";
    value.forEach((raw, index) => {
      const item = fromJson(raw);
      // The first item of a list in a list stays on the line of its parent's dash.
      this.text += inSequence && index === 0 ? "- " : `${indent}  - `;
      this.#value(item === undefined ? null : item, `${indent}  `, [...path, index], true);
    });
  }
}

function fromJson(value: unknown): unknown {
  const convert = typeof value === "object" && value !== null ? (value as { toJSON?: unknown }).toJSON : undefined;
  return typeof convert === "function" ? (convert.call(value) as unknown) : value;
}
