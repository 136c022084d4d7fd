import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { TriedSource } from "../errors.ts";
import type { MasterKey } from "../keys/master-key.ts";
import { type OpenIdentity, parseIdentities } from "./identity.ts";
import type { KeyRing } from "./key-ring.ts";
import { shellWords } from "./shell-words.ts";

/** Where age identities come from. Without `identities`, the places sops looks at are tried. */
export interface KeySourceOptions {
  /**
   * `AGE-SECRET-KEY-…` and `AGE-PLUGIN-…` strings, ssh private keys, or texts of identity files. When given, no other
   * source is consulted.
   */
  readonly identities?: readonly string[] | undefined;
  /** Default `process.env`: the `SOPS_AGE_…` variables, `XDG_CONFIG_HOME`, and `PATH` for plugins and commands. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default: the user's home folder. */
  readonly homeDir?: string | undefined;
  /** Default `process.platform`. It decides where `keys.txt` is. */
  readonly platform?: NodeJS.Platform | undefined;
  /**
   * Asks for the passphrase of an identity file or of a PEM key, or for the PIN of a plugin. `source` says which.
   * Without it, or when it returns undefined, such a source is listed as one that does not fit.
   */
  readonly passphrase?: ((source: string) => string | undefined | Promise<string | undefined>) | undefined;
  /** Keys of other kinds, tried on their entries after the age identities: see {@link MasterKey}. */
  readonly masterKeys?: readonly MasterKey[] | undefined;
  /** Identities read before, see `openKeyRing`; of the other options only `masterKeys` is then used. */
  readonly keyRing?: KeyRing | undefined;
}

export interface FoundIdentity extends OpenIdentity {
  readonly source: string;
}

export interface Sources {
  readonly identities: readonly FoundIdentity[];
  /** Sources without a usable identity. */
  readonly tried: readonly TriedSource[];
}

/** Every source, as sops reads them: the first that has a key does not hide the others. */
export async function readKeySources(options: KeySourceOptions): Promise<Sources> {
  const collector = new Collector(options);
  if (options.identities !== undefined) {
    for (const text of options.identities) await collector.add("identities", text);
    if (options.identities.length === 0) collector.miss("identities", "is an empty list");
    return collector;
  }
  const env = options.env ?? process.env;
  const home = options.homeDir ?? homedir();
  const sshFile = env["SOPS_AGE_SSH_PRIVATE_KEY_FILE"];
  if (sshFile) await collector.file(`SOPS_AGE_SSH_PRIVATE_KEY_FILE (${sshFile})`, sshFile);
  if (env["SOPS_AGE_SSH_PRIVATE_KEY_CMD"]) await collector.command("SOPS_AGE_SSH_PRIVATE_KEY_CMD", env);
  for (const name of ["id_ed25519", "id_rsa"]) {
    const path = join(home, ".ssh", name);
    await collector.file(path, path, "optional");
  }
  const key = env["SOPS_AGE_KEY"];
  if (key) await collector.add("SOPS_AGE_KEY", key);
  else collector.miss("SOPS_AGE_KEY", "not set");
  const keyFile = env["SOPS_AGE_KEY_FILE"];
  if (keyFile) await collector.file(`SOPS_AGE_KEY_FILE (${keyFile})`, keyFile);
  else collector.miss("SOPS_AGE_KEY_FILE", "not set");
  const defaultFile = defaultKeysFile(env, home, options.platform ?? process.platform);
  if (defaultFile !== undefined) await collector.file(defaultFile, defaultFile);
  return collector;
}

/** `SOPS_AGE_KEY_CMD`, which sops runs for each recipient in turn; undefined when it is not set. */
export async function readKeyCommand(options: KeySourceOptions, recipient: string): Promise<Sources | undefined> {
  const env = options.env ?? process.env;
  if (options.identities !== undefined || !env["SOPS_AGE_KEY_CMD"]) return undefined;
  const collector = new Collector(options);
  await collector.command("SOPS_AGE_KEY_CMD", { ...env, SOPS_AGE_RECIPIENT: recipient });
  return collector;
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

class Collector implements Sources {
  readonly identities: FoundIdentity[] = [];
  readonly tried: TriedSource[] = [];
  readonly #options: KeySourceOptions;

  constructor(options: KeySourceOptions) {
    this.#options = options;
  }

  miss(source: string, reason: string): void {
    this.tried.push({ source, reason });
  }

  async add(source: string, content: Uint8Array | string): Promise<void> {
    const { identities, problems } = await parseIdentities(source, content, this.#options);
    this.identities.push(...identities.map((identity) => ({ source, ...identity })));
    for (const reason of problems) this.miss(source, reason);
    if (identities.length + problems.length === 0) this.miss(source, "holds no identity");
  }

  async file(source: string, path: string, kind?: "optional"): Promise<void> {
    let content: Uint8Array;
    try {
      content = await readFile(path);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      const missing = code === "ENOENT" || code === "ENOTDIR";
      if (!missing || kind !== "optional") this.miss(source, missing ? "no such file" : `cannot be read (${code})`);
      return;
    }
    await this.add(source, content);
  }

  /** Runs the command line in a variable, without a shell. Neither it nor its output is ever part of a reason. */
  async command(source: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
    const [program, ...args] = shellWords(env[source] ?? "") ?? [];
    if (program === undefined) {
      this.miss(source, "is not a command line");
      return;
    }
    const output = await new Promise<Buffer | { reason: string }>((resolve) => {
      execFile(program, args, { env: { ...env }, encoding: "buffer", timeout: 300_000 }, (error, stdout) => {
        if (error === null) resolve(stdout);
        else if (typeof error.code === "number") resolve({ reason: `exited with code ${error.code}` });
        else resolve({ reason: error.code === undefined ? "was ended" : `cannot be run (${error.code})` });
      });
    });
    if (output instanceof Uint8Array) await this.add(source, output);
    else this.miss(source, output.reason);
  }
}
