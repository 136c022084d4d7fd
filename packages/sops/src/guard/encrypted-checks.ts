import type { CreationRule } from "../config/creation-rule.ts";
import type { EncryptedFile } from "../internal/encrypted-file.ts";
import { isEnvelope } from "../internal/envelope.ts";
import { formatKeyPath } from "../internal/position.ts";
import { type LeafNode, type Place, walkTree } from "../internal/tree.ts";
import type { Report } from "./report.ts";

/** Values that contradict the file's own selection rule. */
export function checkValues(source: EncryptedFile, report: Report): void {
  const { selector } = source;
  const rule = `${selector.option[1]}: ${selector.option[2]}`;
  const leaf = ({ scalar, span }: LeafNode, place: Place) => {
    if (scalar.type === "null" || (scalar.type === "str" && scalar.value === "")) return;
    const encrypted = scalar.type === "str" && isEnvelope(scalar.value);
    const selected = selector.selects(place.keys, place.comments, false);
    if (selected === encrypted) return;
    const path = formatKeyPath(place.path);
    if (selected) {
      report("plain-value", `${path} is in plaintext, although the file's own rule (${rule}) selects it`, {
        offset: span?.start,
        path,
        help: "Treat the value as leaked: change it, then encrypt the file.",
      });
    } else {
      report("stray-ciphertext", `${path} is encrypted, although the file's own rule (${rule}) does not select it`, {
        offset: span?.start,
        path,
        help: "The file cannot be decrypted like this: restore the rule or the value.",
      });
    }
  };
  for (const { root } of source.documents) walkTree(root, { leaf, comment: () => undefined });
}

/** A block without a MAC, or with one that is none, cannot be verified. */
export function checkMac(source: EncryptedFile, report: Report): void {
  const { mac } = source.metadata;
  const offset = source.documents[0]?.block?.keySpan?.start;
  const help = "Restore the file from git, or encrypt it again.";
  if (mac === undefined)
    report("mac-missing", "the sops block has no mac: the file cannot be verified", { offset, path: "sops", help });
  else if (!isEnvelope(mac))
    report("mac-broken", "the mac of the sops block is damaged", { offset, path: "sops.mac", help });
}

/** Recipients of the file and of its creation rule, compared as sets. */
export function checkRecipients(source: EncryptedFile, rule: CreationRule, report: Report): void {
  const has = new Set(source.metadata.age.map(({ recipient }) => recipient));
  const wants = new Set(rule.recipients);
  const extra = [...has].filter((recipient) => !wants.has(recipient));
  const lacking = [...wants].filter((recipient) => !has.has(recipient));
  if (extra.length + lacking.length === 0) return;
  const parts = [
    ...(lacking.length > 0 ? [`${lacking.join(", ")} cannot open it`] : []),
    ...(extra.length > 0 ? [`${extra.join(", ")} can`] : []),
  ];
  report("recipients-differ", `the recipients differ from the creation rule: ${parts.join(", ")}`, {
    offset: source.documents[0]?.block?.keySpan?.start,
    path: "sops.age",
    help: "Run sops updatekeys; if a recipient was removed, rotate the data key, too.",
  });
}
