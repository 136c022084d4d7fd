import { posix } from "node:path";
import type { CreationRule, SopsConfig } from "../config/creation-rule.ts";
import { parseSopsConfig } from "../config/parse-sops-config.ts";
import { findRule } from "../config/rule-for.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { SopsError } from "../errors.ts";
import { type EncryptedFile, parseEncrypted } from "../internal/encrypted-file.ts";
import { parseYaml } from "../internal/parse-yaml.ts";
import { selectorOf } from "../internal/selector.ts";
import { walkTree } from "../internal/tree.ts";
import { isEncrypted } from "../is-encrypted.ts";
import { checkMac, checkRecipients, checkValues } from "./encrypted-checks.ts";
import { plainSecrets } from "./plain-secrets.ts";
import { privateKeys } from "./private-keys.ts";
import { type Report, reporter } from "./report.ts";

/** A text file of a tree; `path` is relative to its root, with `/`. */
export interface GuardedFile {
  readonly path: string;
  readonly text: string;
}

export interface GuardOptions {
  readonly files: readonly GuardedFile[];
  /** Default: the `.sops.yaml` files among `files`; the nearest one above a file holds for it. */
  readonly config?: SopsConfig | undefined;
}

/**
 * Looks for secrets in plaintext in a tree of files. It needs no key and reads nothing but its arguments.
 *
 * | code | finding |
 * | --- | --- |
 * | `sops/not-encrypted` | a creation rule selects the file, but it is plaintext |
 * | `sops/plain-value` | the file's own rule selects a value that is plaintext |
 * | `sops/stray-ciphertext` | an encrypted value the file's own rule does not select |
 * | `sops/plain-secret` | a Kubernetes Secret with plain `data` or `stringData` |
 * | `sops/private-key` | an age, PEM, SSH, PGP or PuTTY private key in any file |
 * | `sops/recipients-differ` | the file is encrypted for others than its creation rule says |
 * | `sops/mac-missing`, `sops/mac-broken` | the file cannot be verified |
 * | `sops/invalid-file` | a `sops` block, pattern or YAML that cannot be read |
 * | `sops/config-*` | what {@link parseSopsConfig} reports |
 *
 * A rule that matches every path says nothing about which files are secret; for it `not-encrypted` is not reported.
 * Messages name files and key paths, never values.
 *
 * @example
 * import { guardTree } from "@idstack/sops";
 * const text = "apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData:\n  password: hunter2\n";
 * for (const { file, line, message } of guardTree({ files: [{ path: "db.yaml", text }] })) console.log(`${file}:${line}: ${message}`);
 */
export function guardTree({ files, config }: GuardOptions): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const configs = config === undefined ? configsOf(files) : [config];
  for (const found of configs) diagnostics.push(...found.diagnostics);
  for (const { path, text } of files) {
    if (text.trim() === "" || text.includes("\0")) continue;
    const report = reporter(path, text, diagnostics);
    for (const { what, offset } of privateKeys(text)) {
      report("private-key", `the file holds ${what}`, {
        offset,
        help: "Treat it as leaked: make a new key, keep it out of the tree.",
      });
    }
    const name = posix.basename(path);
    if (name === ".sops.yml") report("config-wrong-name", "sops reads .sops.yaml only", { severity: "warning" });
    if (name === ".sops.yaml" || name === ".sops.yml") continue;
    const rule = matchingRule(path, config ?? nearest(path, configs), report);
    if (isEncrypted(text)) guardEncrypted(path, text, rule, report);
    else guardPlain(path, text, rule, report);
  }
  return diagnostics;
}

function guardEncrypted(path: string, text: string, rule: CreationRule | undefined, report: Report): void {
  if (!isYamlPath(path)) return;
  let source: EncryptedFile;
  try {
    source = parseEncrypted(text, path, isJson(path) ? "json" : "yaml");
  } catch (error) {
    unreadable(error, report);
    return;
  }
  checkMac(source, report);
  checkValues(source, report);
  if (rule !== undefined && rule.problems.length === 0) checkRecipients(source, rule, report);
  reportSecrets(
    source.documents.map(({ root }) => root),
    report,
    source,
  );
}

function guardPlain(path: string, text: string, rule: CreationRule | undefined, report: Report): void {
  const specific = rule !== undefined && !matchesEverything(rule);
  if (!isYamlPath(path)) {
    if (specific) report("not-encrypted", notEncrypted(rule), { help: HELP });
    return;
  }
  if (!specific && !/\bSecret/.test(text)) return;
  let roots: EncryptedFile["documents"][number]["root"][];
  try {
    roots = parseYaml(text).documents.map(({ root }) => root);
  } catch {
    // A template of a chart: not what sops encrypts, unless a rule says so.
    if (specific && !text.includes("{{")) report("not-encrypted", notEncrypted(rule), { help: HELP });
    return;
  }
  if (specific && roots.some((root) => selectsSomething(root, rule)))
    report("not-encrypted", notEncrypted(rule), { help: HELP });
  reportSecrets(roots, report);
}

const HELP = "Treat its values as leaked if it was pushed; encrypt it before it is committed.";

function notEncrypted(rule: CreationRule): string {
  return `creation rule ${rule.index + 1} (${rule.pathRegex ?? "any path"}) selects the file, but it is not encrypted`;
}

function reportSecrets(
  roots: readonly EncryptedFile["documents"][number]["root"][],
  report: Report,
  source?: EncryptedFile,
): void {
  for (const root of roots) {
    for (const { name, plain, partlyEncrypted } of plainSecrets(root)) {
      if (source !== undefined && partlyEncrypted) continue;
      for (const { leaf, path, keys } of plain) {
        // In an encrypted file a suffix is a choice of its writer, and what the rule selects is reported already.
        if (source !== undefined && (source.selector.selects(keys, [], false) || marksPlain(source, keys))) continue;
        const shown = path.reduce<string>(
          (out, part) => (typeof part === "number" ? `${out}[${part}]` : `${out}.${part}`),
          "",
        );
        report("plain-secret", `Secret ${name === "" ? "without a name" : name} holds ${shown.slice(1)} in plaintext`, {
          offset: leaf.span?.start,
          path: shown.slice(1),
          help: "Treat the value as leaked: change it, then encrypt the file.",
        });
      }
    }
  }
}

function marksPlain({ selector }: EncryptedFile, keys: readonly string[]): boolean {
  const [field, , value] = selector.option;
  return field === "unencryptedSuffix" && keys.some((key) => key.endsWith(value));
}

function selectsSomething(root: EncryptedFile["documents"][number]["root"], rule: CreationRule): boolean {
  let found = false;
  try {
    const selector = selectorOf(rule);
    walkTree(root, {
      leaf({ scalar }, place) {
        if (scalar.type === "null" || (scalar.type === "str" && scalar.value === "")) return;
        found ||= selector.selects(place.keys, place.comments, false);
      },
      comment: () => undefined,
    });
  } catch {
    // The rule itself is reported; what it would select is unknown.
    return true;
  }
  return found;
}

/** `.*`, `\.yaml$`, or no pattern at all: such a rule is about how, not about which files. */
function matchesEverything(rule: CreationRule): boolean {
  const probes = ["kustomization.yaml", "apps/zz-probe/deployment.yaml", "a/b/c/README.yaml"];
  const config: SopsConfig = { rules: [{ ...rule, index: 0 }], diagnostics: [] };
  return probes.every((probe) => findRule(probe, config) !== undefined);
}

function matchingRule(path: string, config: SopsConfig | undefined, report: Report): CreationRule | undefined {
  if (config === undefined) return undefined;
  try {
    return findRule(path, config);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    if (!config.diagnostics.some(({ severity }) => severity === "error")) report("invalid-file", error.message);
    return undefined;
  }
}

function unreadable(error: unknown, report: Report): void {
  if (!(error instanceof SopsError)) throw error;
  const help = "Restore the file from git, or encrypt it again.";
  report("invalid-file", `the encrypted file cannot be read: ${error.message}`, { help });
}

function configsOf(files: readonly GuardedFile[]): SopsConfig[] {
  return files
    .filter(({ path }) => posix.basename(path) === ".sops.yaml")
    .map(({ path, text }) => parseSopsConfig(text, { file: path }));
}

function nearest(path: string, configs: readonly SopsConfig[]): SopsConfig | undefined {
  const above = configs.filter(({ file = "" }) => {
    const folder = posix.dirname(file);
    return folder === "." || path.startsWith(`${folder}/`);
  });
  return above.sort((a, b) => (b.file ?? "").length - (a.file ?? "").length)[0];
}

function isYamlPath(path: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(path);
}

function isJson(path: string): boolean {
  return /\.json$/i.test(path);
}
