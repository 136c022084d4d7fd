import { recipientKey } from "../age/recipients.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { SopsError } from "../errors.ts";
import { parseEncrypted } from "../internal/encrypted-file.ts";
import { shownKey } from "../internal/shown-key.ts";
import { keyName, namedKeyOf } from "../keys/named-key.ts";
import { encryptedFiles } from "./encrypted-files.ts";

export interface ReportOptions {
  /** Recipients whose identity is kept offline (printed, on a stick in a drawer), as `groups` of the report has them. */
  readonly offline?: readonly string[] | undefined;
}

/** Who opens a file. */
export interface ReportedFile {
  readonly file: string;
  /** age recipients, and keys of other kinds with kind and name, by key group; one group unless the file has several. */
  readonly groups: readonly (readonly string[])[];
  /** How many groups are needed. */
  readonly threshold: number;
  /** Kinds of its keys that are not age keys. */
  readonly otherKeys: readonly string[];
}

export interface KeyReport {
  readonly files: readonly ReportedFile[];
  /** For each recipient, the files it has a part in. */
  readonly recipients: ReadonlyMap<string, readonly string[]>;
  /** `sops/single-recipient`, `sops/no-offline-recipient`, `sops/unreadable`. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Which keys open which files below a folder. Needs no key: it reads metadata only. It warns of files that one lost key
 * would close for ever, and, when `offline` is given, of files that no offline key opens.
 *
 * @throws {@link SopsError} `read-failed`
 *
 * @example
 * import { mkdtemp } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { generateIdentity, reportKeys, writeEncrypted } from "@idstack/sops";
 * const folder = await mkdtemp(join(tmpdir(), "sops-"));
 * const { recipient } = await generateIdentity();
 * await writeEncrypted(join(folder, "db.yaml"), { token: "hunter2" }, { recipients: [recipient] });
 * const { diagnostics } = await reportKeys(folder);
 * console.log(diagnostics[0]?.code); // sops/single-recipient
 */
export async function reportKeys(folder: string, options: ReportOptions = {}): Promise<KeyReport> {
  const files: ReportedFile[] = [];
  const recipients = new Map<string, string[]>();
  const diagnostics: Diagnostic[] = [];
  for await (const { path: file, text } of encryptedFiles(folder)) {
    try {
      const { metadata } = parseEncrypted(text, file);
      const groups = metadata.groups.map(({ age, others }) => [
        ...age.map(({ recipient }) => recipient),
        ...others.map((entry) => keyName(namedKeyOf(entry))),
      ]);
      const threshold = groups.length === 1 ? 1 : Math.min(metadata.shamirThreshold ?? groups.length, groups.length);
      const entry = { file, groups, threshold, otherKeys: metadata.otherKeys };
      files.push(entry);
      for (const recipient of new Set(groups.flat())) {
        recipients.set(recipient, [...(recipients.get(recipient) ?? []), file]);
      }
      diagnostics.push(...check(entry, options.offline));
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
      const { message, line, column } = error;
      diagnostics.push({ code: "sops/unreadable", severity: "error", message, file, line, column });
    }
  }
  return { files, recipients, diagnostics };
}

/** Whether the remaining keys open a file. */
export function opens({ groups, threshold }: ReportedFile, usable: (recipient: string) => boolean): boolean {
  return groups.filter((group) => group.some(usable)).length >= threshold;
}

function check(entry: ReportedFile, offline: readonly string[] | undefined): Diagnostic[] {
  const found: Diagnostic[] = [];
  const all = [...new Set(entry.groups.flat().map(recipientKey))];
  const fragile = all.find((lost) => !opens(entry, (recipient) => recipientKey(recipient) !== lost));
  if (fragile !== undefined) {
    const message = `the file is lost when the key of ${shownKey(fragile)} is lost`;
    const help = "Add a second recipient whose identity is kept offline, then run updateKeys.";
    found.push({
      code: "sops/single-recipient",
      severity: "warning",
      message,
      file: entry.file,
      path: "sops",
      help,
    });
  }
  const away = new Set((offline ?? []).map(recipientKey));
  if (offline !== undefined && !opens(entry, (recipient) => away.has(recipientKey(recipient)))) {
    const message = "no offline key opens the file: a loss of all machines would close it for ever";
    const help = "Add a recipient whose identity is kept offline.";
    found.push({
      code: "sops/no-offline-recipient",
      severity: "warning",
      message,
      file: entry.file,
      path: "sops",
      help,
    });
  }
  return found;
}
