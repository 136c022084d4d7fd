import { dirname, resolve } from "node:path";
import type { SopsConfig } from "./config/creation-rule.ts";
import { findSopsConfig } from "./config/find-sops-config.ts";
import { ruleFor } from "./config/rule-for.ts";
import { type EncryptOptions, encrypt } from "./encrypt.ts";
import { SopsError } from "./errors.ts";
import { readBytes } from "./internal/files.ts";
import { writeAtomic } from "./internal/write-atomic.ts";
import { SELECTION_FIELDS } from "./selection.ts";
import { formatForPath } from "./stores/format.ts";

export interface EncryptFileOptions extends Omit<EncryptOptions, "file" | "recipients"> {
  /** Without recipients, the creation rule of the file decides for whom and what is encrypted. */
  readonly recipients?: readonly string[] | undefined;
  /** Default: the nearest `.sops.yaml` above the file. */
  readonly config?: SopsConfig | undefined;
  /** Default: the file itself, whose plaintext is then replaced. The creation rule is looked up for this path. */
  readonly output?: string | undefined;
}

/**
 * Encrypts a plaintext file, in place or into `output`, by the creation rule of the nearest `.sops.yaml` or for
 * the recipients given.
 *
 * @throws {@link SopsError} as `encrypt`, and `no-config`, `invalid-config`, `no-matching-creation-rule`, `read-failed`,
 * `write-failed`, `file-changed`.
 *
 * @example
 * import { mkdtemp, readFile, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { encryptFile, generateIdentity } from "@idstack/sops";
 * const folder = await mkdtemp(join(tmpdir(), "sops-"));
 * const { recipient } = await generateIdentity();
 * await writeFile(join(folder, ".sops.yaml"), `creation_rules:\n  - path_regex: secrets/.*\\.yaml$|\\.enc\\.yaml$\n    age: ${recipient}\n`);
 * await writeFile(join(folder, "db.enc.yaml"), "password: hunter2\n");
 * await encryptFile(join(folder, "db.enc.yaml"));
 * console.log((await readFile(join(folder, "db.enc.yaml"), "utf8")).includes("hunter2")); // false
 */
export async function encryptFile(path: string, options: EncryptFileOptions = {}): Promise<void> {
  const output = options.output ?? path;
  const before = await readBytes(path);
  const { recipients, config, output: _, ...rest } = options;
  const settings =
    recipients === undefined ? override(await creationRule(output, config), rest) : { ...rest, recipients };
  const after = await encrypt(before, { ...settings, file: path, format: options.format ?? formatForPath(path) });
  await writeAtomic(output, after, output === path ? { expected: before } : {});
}

async function creationRule(path: string, given: SopsConfig | undefined): Promise<EncryptOptions> {
  const config = given ?? (await findSopsConfig(dirname(resolve(path))));
  if (config === undefined) {
    throw new SopsError("no-config", "no recipients are given and there is no .sops.yaml above the file", {
      file: path,
    });
  }
  return ruleFor(resolve(path), config);
}

/** Options beat the rule; a selection replaces the rule's selection as a whole. */
function override(rule: EncryptOptions, options: Partial<EncryptOptions>): EncryptOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const selects = SELECTION_FIELDS.some(([field]) => options[field] !== undefined);
  const cleared = selects ? Object.fromEntries(SELECTION_FIELDS.map(([field]) => [field, undefined])) : {};
  return { ...rule, ...cleared, ...Object.fromEntries(given) };
}
