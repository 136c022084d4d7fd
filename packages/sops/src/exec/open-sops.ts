import { writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { KeySourceOptions } from "../age/key-sources.ts";
import { keyGroupConfig } from "../config/key-group-config.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { SopsError } from "../errors.ts";
import type { KeyGroupOptions } from "../keys/key-groups.ts";
import type { RecipientChange } from "../recipients/recipient-change.ts";
import { SELECTION_FIELDS, type Selection } from "../selection.ts";
import { type FormatOptions, formatOf } from "../stores/format.ts";
import { type FindOptions, findSops } from "./find-sops.ts";
import { knownBugs } from "./known-bugs.ts";
import { inTemporaryFolder, runSops } from "./run-sops.ts";

/** Where keys come from: `identities`, else wherever sops itself finds them, in `env` and the home folder. */
export type ExecKeyOptions = Pick<KeySourceOptions, "identities">;

export interface ExecEncryptOptions extends FormatOptions, Selection, KeyGroupOptions {
  readonly macOnlyEncrypted?: boolean | undefined;
}

/** The sops program: the same acts as the functions of this package, by a process each, for every key type sops knows. */
export interface SopsProgram {
  readonly path: string;
  /** `3.13.3`. */
  readonly version: string;
  /** Known defects of this version, `sops/known-bug`. */
  readonly warnings: readonly Diagnostic[];
  /** The plaintext as sops prints it. */
  decrypt(text: string, options?: FormatOptions & ExecKeyOptions & { readonly ignoreMac?: boolean }): Promise<string>;
  encrypt(text: string, options: ExecEncryptOptions): Promise<string>;
  rotateFile(path: string, options?: ExecKeyOptions & Omit<RecipientChange, "group">): Promise<void>;
  /** By the `.sops.yaml` that sops finds from the folder of the file. */
  updateKeysFile(path: string, options?: ExecKeyOptions): Promise<void>;
  /** Sets one value; it goes through a pipe, not through an argument. */
  setValue(path: string, keys: readonly (string | number)[], value: unknown, options?: ExecKeyOptions): Promise<void>;
}

export interface OpenOptions extends FindOptions {
  /** The program. Default: see {@link findSops}. */
  readonly path?: string | undefined;
}

const KEY_VARIABLES = [
  "SOPS_AGE_KEY",
  "SOPS_AGE_KEY_FILE",
  "SOPS_AGE_KEY_CMD",
  "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
  "SOPS_AGE_SSH_PRIVATE_KEY_CMD",
];

/**
 * The real sops as a backend, for files with PGP or cloud keys. No secret is ever an argument: plaintext goes through
 * pipes, identities through `SOPS_AGE_KEY`, which is how sops takes them.
 *
 * @throws {@link SopsError} `program-not-found`, `program-failed`
 *
 * @example
 * import { openSops } from "@idstack/sops";
 * const failure = await openSops({ path: "/nonexistent/sops" }).catch((error: unknown) => error);
 * console.log((failure as { code: string }).code); // program-not-found
 */
export async function openSops(options: OpenOptions = {}): Promise<SopsProgram> {
  const path = options.path ?? (await findSops(options));
  const base = { ...(options.env ?? process.env), SOPS_DISABLE_VERSION_CHECK: "true" };
  const cwd = options.cwd;
  const printed = (await runSops(path, { args: ["--version"], env: base, cwd })).toString("utf8");
  const version = /^sops (\S+)/.exec(printed)?.[1];
  if (version === undefined) throw new SopsError("program-failed", `${path} does not say which version of sops it is`);
  const env = (keys: ExecKeyOptions, folder: string) => keyEnvironment(base, keys, folder);
  const onFile = async (file: string, keys: ExecKeyOptions, args: readonly string[], input?: string) => {
    const call = { args: [...args], env: base, cwd: join(resolve(cwd ?? ".", file), ".."), file, input };
    await inTemporaryFolder((folder) => runSops(path, { ...call, env: env(keys, folder) }));
  };
  return {
    path,
    version,
    warnings: knownBugs(version),
    decrypt: (text, given = {}) =>
      inTemporaryFolder(async (folder) => {
        const args = ["decrypt", ...formatArgs(given), ...(given.ignoreMac === true ? ["--ignore-mac"] : [])];
        const out = await runSops(path, { args, input: text, env: env(given, folder), cwd: folder, file: given.file });
        return out.toString("utf8");
      }),
    encrypt: (text, given) =>
      inTemporaryFolder(async (folder) => {
        // A configuration of our own: sops wants a rule that matches even when recipients are given, and has no flags
        // for comment patterns and key groups. It holds nothing secret.
        const config = join(folder, ".sops.yaml");
        await writeFile(config, JSON.stringify({ creation_rules: [creationRule(given)] }));
        const args = ["--config", config, "encrypt", ...formatArgs(given)];
        return (await runSops(path, { args, input: text, env: base, cwd: folder, file: given.file })).toString("utf8");
      }),
    rotateFile: (file, { add = [], remove = [], ...keys } = {}) => {
      const args = ["rotate", "-i", ...list("--add-age", add), ...list("--rm-age", remove), nameOf(file)];
      return onFile(file, keys, args);
    },
    updateKeysFile: (file, keys = {}) => onFile(file, keys, ["updatekeys", "-y", nameOf(file)]),
    setValue: (file, keys, value, given = {}) => {
      const index = keys.map((key) => `[${JSON.stringify(key)}]`).join("");
      return onFile(file, given, ["set", "--value-stdin", nameOf(file), index], JSON.stringify(value));
    },
  };
}

/** A name that begins with a dash is no flag. */
function nameOf(file: string): string {
  return `./${basename(file)}`;
}

function formatArgs(options: FormatOptions): string[] {
  const format = formatOf(options);
  const extension = { yaml: "yaml", json: "json", dotenv: "env", ini: "ini", binary: "bin" }[format];
  return ["--input-type", format, "--output-type", format, "--filename-override", `file.${extension}`];
}

function creationRule(options: ExecEncryptOptions): Record<string, unknown> {
  if ((options.masterKeys ?? []).length > 0) throw new TypeError("sops takes its own keys, not a MasterKey");
  const selection = SELECTION_FIELDS.flatMap(([field, name]) => (options[field] ? [[name, options[field]]] : []));
  return {
    ...Object.fromEntries(selection),
    ...(options.macOnlyEncrypted === true ? { mac_only_encrypted: true } : {}),
    ...(options.shamirThreshold === undefined ? {} : { shamir_threshold: options.shamirThreshold }),
    key_groups: keyGroupConfig(options),
  };
}

function list(flag: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [flag, values.join(",")];
}

/** With identities, nothing else is consulted, as in the rest of this package. */
function keyEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  { identities }: ExecKeyOptions,
  folder: string,
): Record<string, string | undefined> {
  if (identities === undefined) return { ...base };
  if (identities.some((text) => text.includes("-----BEGIN"))) {
    throw new SopsError("invalid-identity", "sops takes ssh and protected keys from files only: set them in env");
  }
  const rest = Object.entries(base).filter(([name]) => !KEY_VARIABLES.includes(name));
  const keys = { SOPS_AGE_KEY: identities.join("\n"), HOME: folder, XDG_CONFIG_HOME: folder };
  return { ...Object.fromEntries(rest), ...keys };
}
