import type { SopsError } from "../errors.ts";
import { type EncryptedFile, parseEncrypted } from "../internal/encrypted-file.ts";
import { asSopsError } from "./as-sops-error.ts";
import { checkSelection } from "./check-selection.ts";
import { checkMac, checkRecipients, checkValues } from "./encrypted-checks.ts";
import { plainSecrets } from "./plain-secrets.ts";
import { type Report, reportSecret } from "./report.ts";
import type { Ruling } from "./rules.ts";
import type { Sniffed } from "./sniff-format.ts";

/** Judges a file that sops encrypted. */
export function guardEncrypted(path: string, text: string, sniffed: Sniffed, ruling: Ruling, report: Report): void {
  const { rule } = ruling;
  let source: EncryptedFile;
  try {
    source = parseEncrypted(text, path, sniffed.format);
  } catch (error) {
    const failure = asSopsError(error, path);
    if (sniffed.certain) unreadable(failure, report);
    return;
  }
  checkMac(source, report);
  checkValues(source, report);
  if (rule?.problems.every(({ severity }) => severity !== "error")) checkRecipients(source, rule, report);
  const kubernetes = source.store === undefined || source.store.format === "json";
  if (kubernetes && checkSecrets(source, report)) return;
  checkSelection(source, ruling, report);
}

/** A suffix is a choice of the file's writer, and what the file's rule selects is reported already. */
function checkSecrets(source: EncryptedFile, report: Report): boolean {
  let found = false;
  const [field, , value] = source.selector.option;
  const marked = (keys: readonly string[]) => field === "unencryptedSuffix" && keys.some((key) => key.endsWith(value));
  for (const { root } of source.documents) {
    for (const { name, plain, partlyEncrypted } of plainSecrets(root)) {
      if (partlyEncrypted) continue;
      for (const each of plain) {
        if (source.selector.selects(each.keys, [], false) || marked(each.keys)) continue;
        reportSecret(name, each, report);
        found = true;
      }
    }
  }
  return found;
}

function unreadable({ message, file, line, column }: SopsError, report: Report): void {
  // The report says where.
  const prefix = line === undefined ? `${file}: ` : `${file}:${line}:${column ?? 1}: `;
  const why = message.startsWith(prefix) ? message.slice(prefix.length) : message;
  const help = "Restore the file from git, or encrypt it again.";
  report("invalid-file", `the encrypted file cannot be read: ${why}`, { line, column, help });
}
