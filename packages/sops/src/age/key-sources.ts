import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { TriedSource } from "../errors.ts";

/** Where age identities come from. Without `identities`, the places sops looks at are tried. */
export interface KeySourceOptions {
  /** `AGE-SECRET-KEY-…` strings, or texts of identity files. When given, no other source is consulted. */
  readonly identities?: readonly string[] | undefined;
  /** Default `process.env`; `SOPS_AGE_KEY`, `SOPS_AGE_KEY_FILE` and `XDG_CONFIG_HOME` are read. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default: the user's home folder. */
  readonly homeDir?: string | undefined;
  /** Default `process.platform`. It decides where `keys.txt` is. */
  readonly platform?: NodeJS.Platform | undefined;
}

export interface FoundIdentity {
  readonly source: string;
  readonly identity: string;
}

export interface Sources {
  readonly identities: readonly FoundIdentity[];
  /** Sources without a usable identity. */
  readonly tried: readonly TriedSource[];
}

const IDENTITY = /^AGE-SECRET-KEY-(?:1|PQ-1)[A-Z0-9]+$/;

/** Reads every source, as sops does: the first that has a key does not hide the others. */
export async function readKeySources(options: KeySourceOptions): Promise<Sources> {
  const identities: FoundIdentity[] = [];
  const tried: TriedSource[] = [];
  const add = (source: string, text: string) => {
    const parsed = parseIdentities(text);
    identities.push(...parsed.identities.map((identity) => ({ source, identity })));
    tried.push(...parsed.problems.map((reason) => ({ source, reason })));
    if (parsed.identities.length + parsed.problems.length === 0) tried.push({ source, reason: "holds no identity" });
  };
  if (options.identities !== undefined) {
    for (const text of options.identities) add("identities", text);
    if (options.identities.length === 0) tried.push({ source: "identities", reason: "is an empty list" });
    return { identities, tried };
  }
  const env = options.env ?? process.env;
  const home = options.homeDir ?? homedir();
  const platform = options.platform ?? process.platform;
  const addFile = async (source: string, path: string) => {
    const text = await readOptional(path);
    if (typeof text === "string") add(source, text);
    else tried.push({ source, reason: text.reason });
  };

  const key = env["SOPS_AGE_KEY"];
  if (key) add("SOPS_AGE_KEY", key);
  else tried.push({ source: "SOPS_AGE_KEY", reason: "not set" });
  const keyFile = env["SOPS_AGE_KEY_FILE"];
  if (keyFile) await addFile(`SOPS_AGE_KEY_FILE (${keyFile})`, keyFile);
  else tried.push({ source: "SOPS_AGE_KEY_FILE", reason: "not set" });
  const defaultFile = defaultKeysFile(env, home, platform);
  if (defaultFile !== undefined) await addFile(defaultFile, defaultFile);
  for (const name of ["SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_CMD"]) {
    if (env[name])
      tried.push({ source: name, reason: "is set, but this version does not read it: use SOPS_AGE_KEY_FILE" });
  }
  for (const name of ["id_ed25519", "id_rsa"]) {
    const path = join(home, ".ssh", name);
    if (typeof (await readOptional(path)) !== "string") continue;
    tried.push({ source: path, reason: "ssh keys are not supported yet" });
  }
  return { identities, tried };
}

/**
 * Where sops looks for `keys.txt`: `$XDG_CONFIG_HOME/sops/age/keys.txt`, else `~/.config/…` on Linux,
 * `~/Library/Application Support/…` on macOS, `%AppData%\sops\age\keys.txt` on Windows.
 *
 * @example
 * import { defaultKeysFile } from "@idstack/sops";
 * console.log(defaultKeysFile({}, "/home/me", "linux")); // /home/me/.config/sops/age/keys.txt
 */
export function defaultKeysFile(
  env: Readonly<Record<string, string | undefined>>,
  homeDir: string,
  platform: NodeJS.Platform,
): string | undefined {
  if (platform === "win32") {
    const appData = env["AppData"] ?? env["APPDATA"];
    return appData === undefined ? undefined : join(appData, "sops", "age", "keys.txt");
  }
  const config = env["XDG_CONFIG_HOME"];
  if (config) return join(config, "sops", "age", "keys.txt");
  const base = platform === "darwin" ? join(homeDir, "Library", "Application Support") : join(homeDir, ".config");
  return join(base, "sops", "age", "keys.txt");
}

/** Identities of an identity file. Reasons name the kind of a line, never its text. */
function parseIdentities(text: string): { identities: string[]; problems: string[] } {
  const identities: string[] = [];
  const problems: string[] = [];
  if (/^(?:-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/)/.test(text.trimStart())) {
    return { identities, problems: ["is protected by a passphrase, which is not supported yet"] };
  }
  if (/^-----BEGIN /.test(text.trimStart())) return { identities, problems: ["ssh keys are not supported yet"] };
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    for (const word of line.trim().split(/\s+/)) {
      if (IDENTITY.test(word)) identities.push(word);
      else if (word.startsWith("AGE-PLUGIN-")) problems.push("plugin identities are not supported yet");
      else problems.push("a line is no age identity");
    }
  }
  return { identities, problems: [...new Set(problems)] };
}

async function readOptional(path: string): Promise<string | { reason: string }> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return { reason: code === "ENOENT" || code === "ENOTDIR" ? "no such file" : `cannot be read (${code})` };
  }
}
