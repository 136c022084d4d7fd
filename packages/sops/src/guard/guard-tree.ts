import { posix } from "node:path";
import type { SopsConfig } from "../config/creation-rule.ts";
import { parseSopsConfig } from "../config/parse-sops-config.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { replacedBy } from "../internal/leftovers.ts";
import { markersAt } from "../merge/markers.ts";
import { allowed, IGNORE_FILE, ignores, mentionsAllow } from "./allow.ts";
import { guardEncrypted } from "./guard-encrypted.ts";
import { guardPlain } from "./guard-plain.ts";
import { privateKeys } from "./private-keys.ts";
import { type Report, reporter } from "./report.ts";
import { Rules } from "./rules.ts";
import { encryptedFormat, namedFormat } from "./sniff-format.ts";
import { tokens } from "./tokens.ts";

/** A text file of a tree; `path` is relative to its root, with `/`. */
export interface GuardedFile {
  readonly path: string;
  readonly text: string;
}

export interface GuardOptions {
  readonly files: readonly GuardedFile[];
  /** Default: the `.sops.yaml` files among `files`; the nearest one above a file holds for it. */
  readonly config?: SopsConfig | undefined;
  /** Paths to leave alone, as in a `.gitignore`; those of `.idstackguardignore` files among `files` count, too. */
  readonly ignore?: readonly string[] | undefined;
}

/**
 * Looks for secrets in plaintext in a tree of files. It needs no key and reads nothing but its arguments.
 *
 * | code | finding |
 * | --- | --- |
 * | `sops/not-encrypted` | a creation rule selects the file, but it is plaintext |
 * | `sops/plain-value` | the file's own rule selects a value that is plaintext |
 * | `sops/selection-differs` | a plain value that the creation rule selects, and the file's own rule does not |
 * | `sops/stray-ciphertext` | an encrypted value the file's own rule does not select |
 * | `sops/plain-secret` | a Kubernetes Secret with plain `data` or `stringData` |
 * | `sops/private-key` | an age, PEM, SSH, PGP, PuTTY, WireGuard or JSON Web private key in any file |
 * | `sops/token` | a token of a well-known service in any file |
 * | `sops/recipients-differ` | the file is encrypted for others than its creation rule says |
 * | `sops/mac-missing`, `sops/mac-broken` | the file cannot be verified |
 * | `sops/merge-conflict` | markers of a merge that is not resolved |
 * | `sops/leftover` | what a write that was killed has left; a warning if it is encrypted |
 * | `sops/invalid-file` | a `sops` block, pattern, value or YAML that cannot be read, or ciphertext without its block |
 * | `sops/config-*` | what {@link parseSopsConfig} reports |
 *
 * A rule that matches every path says nothing about which files are secret; for it `not-encrypted` is not reported.
 * Messages name files and key paths, never values. A comment `idstack:allow` (or `gitleaks:allow`) on the line of a
 * finding, or alone on the line above, silences it.
 *
 * @example
 * import { guardTree } from "@idstack/sops";
 * const text = "apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData:\n  password: hunter2\n";
 * for (const { file, line, message } of guardTree({ files: [{ path: "db.yaml", text }] })) console.log(`${file}:${line}: ${message}`);
 */
export function guardTree({ files, config, ignore = [] }: GuardOptions): Diagnostic[] {
  const configs = config === undefined ? configsOf(files) : [config];
  const rules = new Rules(configs, config);
  const ignored = ignoredOf(files, ignore);
  const diagnostics = configs.flatMap((found) => found.diagnostics).filter(({ file = "" }) => !ignored(file));
  for (const { path, text } of files) {
    if (ignored(path)) continue;
    const found: Diagnostic[] = [];
    guardFile(path, text, rules, reporter(path, text, found));
    const lines = found.length > 0 && mentionsAllow(text) ? text.split("\n") : [];
    diagnostics.push(...(lines.length === 0 ? found : found.filter((finding) => !allowed(lines, finding))));
  }
  return diagnostics;
}

function guardFile(given: string, text: string, rules: Rules, report: Report): void {
  if (text.trim() === "") return;
  const replaced = replacedBy(posix.basename(given));
  const path = replaced === undefined ? given : posix.join(posix.dirname(given), replaced);
  const name = posix.basename(path);
  if (name === IGNORE_FILE) return;
  const binary = text.includes("\0");
  if (!binary) {
    checkText(text, report);
    if (name === ".sops.yml") report("config-wrong-name", "sops reads .sops.yaml only", { severity: "warning" });
  }
  const own = name === ".sops.yaml" || name === ".sops.yml";
  const ruling = own ? undefined : rules.of(path);
  if (ruling?.problem !== undefined) report("invalid-file", ruling.problem);
  const structured = namedFormat(path) !== undefined || ruling?.specific || text.includes("ENC[AES256_GCM,");
  const marker = structured && !binary ? markersAt(text) : undefined;
  if (marker !== undefined) {
    report("merge-conflict", "a merge is not resolved: the file holds the versions of both sides", {
      offset: marker,
      help: "Resolve it (idstack secrets resolve, or take one side and encrypt it again) before committing.",
    });
    return;
  }
  const sniffed = binary ? undefined : encryptedFormat(path, text);
  if (replaced !== undefined) reportLeftover(replaced, sniffed !== undefined, report);
  if (ruling === undefined) return;
  if (sniffed === undefined) guardPlain(path, text, ruling, report);
  else guardEncrypted(path, text, sniffed, ruling, report);
}

function reportLeftover(name: string, encrypted: boolean, report: Report): void {
  report(
    "leftover",
    `a write of ${name} that was killed has left this${encrypted ? "" : ", and it is not encrypted"}`,
    {
      help: "Remove it, as the next write of the file does.",
      severity: encrypted ? "warning" : "error",
    },
  );
}

function checkText(text: string, report: Report): void {
  for (const { what, offset } of privateKeys(text)) {
    report("private-key", `the file holds ${what}`, {
      offset,
      help: "Treat it as leaked: make a new key, keep it out of the tree.",
    });
  }
  for (const { what, offset } of tokens(text)) {
    report("token", `the file holds ${what}`, {
      offset,
      help: "Treat it as leaked: revoke it, keep the new one in an encrypted file.",
    });
  }
}

function configsOf(files: readonly GuardedFile[]): SopsConfig[] {
  return files
    .filter(({ path }) => posix.basename(path) === ".sops.yaml")
    .map(({ path, text }) => parseSopsConfig(text, { file: path }));
}

function ignoredOf(files: readonly GuardedFile[], ignore: readonly string[]): (path: string) => boolean {
  const all = [
    ignores(ignore),
    ...files
      .filter(({ path }) => posix.basename(path) === IGNORE_FILE)
      .map(({ path, text }) => ignores(text.split("\n"), posix.dirname(path))),
  ];
  return (path) => all.some((ignored) => ignored(path));
}
