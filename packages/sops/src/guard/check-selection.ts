import type { EncryptedFile } from "../internal/encrypted-file.ts";
import { isEnvelope } from "../internal/envelope.ts";
import { formatKeyPath } from "../internal/position.ts";
import type { Selector } from "../internal/selector.ts";
import { isOtherKind } from "./guard-plain.ts";
import { eachLeaf, type LeafPlace } from "./leaves.ts";
import { isPlaceholder } from "./placeholder.ts";
import type { Report } from "./report.ts";
import type { Ruling } from "./rules.ts";

const POSITIVE = new Set(["encryptedRegex", "encryptedSuffix", "encryptedCommentRegex"]);

/**
 * Values that the creation rule would encrypt and the file's own rule leaves in plaintext. Nobody signs that rule: whoever
 * changes it needs no key, and the next value that is added stays in the clear. A creation rule that does not say what is
 * secret, but only what is not, is contradicted only by a file in which nothing at all is encrypted.
 */
export function checkSelection(source: EncryptedFile, ruling: Ruling, report: Report): void {
  const { selector: wanted, specific, pointed } = ruling;
  if (wanted === undefined || source.store?.format === "binary") return;
  const positive = POSITIVE.has(wanted.option[0]);
  if (!positive && !specific) return;
  const suffix = source.selector.option[0] === "unencryptedSuffix" ? source.selector.option[2] : undefined;
  let plain: { readonly path: string; readonly offset: number | undefined } | undefined;
  let sealed = false;
  for (const { root } of source.documents) {
    const skipped = positive && !pointed && isOtherKind(root);
    eachLeaf(root, ({ scalar }, { keys, path, comments, offset }: LeafPlace) => {
      const text = scalar.type === "str" ? scalar.value : undefined;
      if (text !== undefined && isEnvelope(text)) sealed = true;
      else if (plain === undefined && !skipped && scalar.type !== "null" && text !== "") {
        // A key with the suffix is the choice of whoever wrote the value.
        if (suffix !== undefined && keys.some((key) => key.endsWith(suffix))) return;
        if (text !== undefined && isPlaceholder(text)) return;
        if (source.selector.selects(keys, comments, false) || !wanted.selects(keys, comments, false)) return;
        plain = { path: formatKeyPath(path), offset };
      }
    });
  }
  if (plain === undefined || (sealed && !positive)) return;
  const shown = ({ option }: Selector) => `${option[1]}: ${option[2]}`;
  const rules = `the creation rule (${shown(wanted)}) selects it, the file's own rule (${shown(source.selector)}) does not`;
  report("selection-differs", `${plain.path} is in plaintext: ${rules}`, {
    ...plain,
    help: "Treat the value as leaked if it was pushed: change it, decrypt the file, and encrypt it by the creation rule.",
  });
}
