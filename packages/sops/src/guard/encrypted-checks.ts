import type { CreationRule } from "../config/creation-rule.ts";
import type { EncryptedFile } from "../internal/encrypted-file.ts";
import { isEnvelope } from "../internal/envelope.ts";
import { formatKeyPath } from "../internal/position.ts";
import { shownKey } from "../internal/shown-key.ts";
import { entryOf } from "../internal/tree.ts";
import { groupsOf } from "../keys/key-groups.ts";
import { entryFor, isSameKey, keyName, namedKeyOf } from "../keys/named-key.ts";
import { sameKeys } from "../recipients/change-recipients.ts";
import { eachLeaf } from "./leaves.ts";
import type { Report } from "./report.ts";

const RESTORE = "Restore the file from git, or encrypt it again.";

/** Values that contradict the file's own selection rule. */
export function checkValues(source: EncryptedFile, report: Report): void {
  const { selector } = source;
  // sops encrypts binary files as a whole, whatever the options say.
  const binary = source.store?.format === "binary";
  const rule = `${selector.option[1]}: ${selector.option[2]}`;
  for (const { root } of source.documents) {
    eachLeaf(root, ({ scalar }, place) => {
      if (scalar.type === "null" || (scalar.type === "str" && scalar.value === "")) return;
      const encrypted = scalar.type === "str" && isEnvelope(scalar.value);
      const selected = binary || selector.selects(place.keys, place.comments, false);
      if (selected === encrypted && (!encrypted || isWhole(scalar.value))) return;
      const path = formatKeyPath(place.path);
      const where = { offset: place.offset, path };
      if (!encrypted) {
        report("plain-value", `${path} is in plaintext, although the file's own rule (${rule}) selects it`, {
          ...where,
          help: "Treat the value as leaked: change it, then encrypt the file.",
        });
      } else if (!selected) {
        report("stray-ciphertext", `${path} is encrypted, although the file's own rule (${rule}) does not select it`, {
          ...where,
          help: "The file cannot be decrypted like this: restore the rule or the value.",
        });
      } else {
        report("invalid-file", `${path} is damaged: what stands between ENC[ and ] is no ciphertext`, {
          ...where,
          help: RESTORE,
        });
      }
    });
  }
}

const WHOLE =
  /^ENC\[AES256_GCM,data:([A-Za-z0-9+/]+={0,2}),iv:[A-Za-z0-9+/]+={0,2},tag:[A-Za-z0-9+/]{22}==,type:(?:str|int|float|bool|bytes|time|comment)\]$/;

/** Neither cut nor written by hand. Values of many megabytes would be too much for the pattern. */
function isWhole(text: string): boolean {
  if (text.length > 1_000_000) return true;
  const data = WHOLE.exec(text)?.[1];
  return data !== undefined && data.length % 4 === 0;
}

/** A block without a MAC, or with one that is none, cannot be verified. */
export function checkMac(source: EncryptedFile, report: Report): void {
  const { mac } = source.metadata;
  const block = source.documents[0]?.block;
  const offset = block?.keySpan?.start;
  if (mac === undefined) {
    const what = "the sops block has no mac: the file cannot be verified";
    report("mac-missing", what, { offset, path: "sops", help: RESTORE });
  } else if (!isEnvelope(mac) || !isWhole(mac)) {
    const at = block?.value.kind === "map" ? entryOf(block.value, "mac") : undefined;
    const place = at?.keySpan?.start ?? at?.value.span?.start ?? offset;
    report("mac-broken", "the mac of the sops block is damaged", { offset: place, path: "sops.mac", help: RESTORE });
  }
}

/** Recipients of the file and of its creation rule, compared whole and group by group. */
export function checkRecipients(source: EncryptedFile, rule: CreationRule, report: Report): void {
  const { metadata } = source;
  const groups = groupsOf(rule);
  const namedKeys = rule.namedKeys ?? groups.map(() => []);
  const wanted = { recipients: [], keyGroups: groups, shamirThreshold: rule.shamirThreshold, namedKeys };
  if (sameKeys(metadata, wanted)) return;
  const entries = metadata.groups.flatMap(({ others }) => others);
  const missing = namedKeys.flat().filter((key) => entryFor(key, entries) === undefined);
  const added = entries.map(namedKeyOf).filter((key) => !namedKeys.flat().some((one) => isSameKey(one, key)));
  const has = metadata.age.map(({ recipient }) => recipient);
  const extra = [...minus(has, rule.recipients), ...added.map(keyName)];
  const lacking = [...minus(rule.recipients, has), ...missing.map(keyName)];
  const parts = [
    ...(lacking.length > 0 ? [`${lacking.map(shownKey).join(", ")} cannot open it`] : []),
    ...(extra.length > 0 ? [`${extra.map(shownKey).join(", ")} can`] : []),
  ];
  const what = parts.length === 0 ? "the key groups or their threshold differ" : "the recipients differ";
  report("recipients-differ", `${what} from the creation rule${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`, {
    offset: source.documents[0]?.block?.keySpan?.start,
    path: metadata.groups.length > 1 ? "sops.key_groups" : "sops.age",
    help: "Run updatekeys; if a recipient was removed, rotate the data key, too.",
  });
}

function minus(some: readonly string[], others: readonly string[]): string[] {
  return [...new Set(some)].filter((each) => !others.includes(each));
}
