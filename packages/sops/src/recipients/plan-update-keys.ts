import { dirname, resolve } from "node:path";
import { openKeyRing } from "../age/key-ring.ts";
import type { KeySourceOptions } from "../age/key-sources.ts";
import type { SopsConfig } from "../config/creation-rule.ts";
import { findSopsConfig } from "../config/find-sops-config.ts";
import { ruleFor } from "../config/rule-for.ts";
import { SopsError } from "../errors.ts";
import { parseEncrypted } from "../internal/encrypted-file.ts";
import { readText } from "../internal/files.ts";
import { writeAtomic } from "../internal/write-atomic.ts";
import { groupsOf, type KeyGroupOptions } from "../keys/key-groups.ts";
import { entryFor, keyName, type NamedKey, namedKeyOf } from "../keys/named-key.ts";
import type { OtherKey } from "../metadata.ts";
import type { SopsFormat } from "../stores/format.ts";
import { sameKeys } from "./change-recipients.ts";
import { encryptedFiles } from "./encrypted-files.ts";
import { difference, updateKeys } from "./update-keys.ts";

export interface PlanOptions {
  /** Default: for each file the nearest `.sops.yaml` above it. */
  readonly config?: SopsConfig | undefined;
  /** Of all files. Default: of each by its extension. */
  readonly format?: SopsFormat | undefined;
  /**
   * Whose Shamir threshold holds: that of the creation rule (default), or as in sops that of the file, at most the number
   * of groups.
   */
  readonly threshold?: "rule" | "file" | undefined;
}

/** One file whose recipients differ from its creation rule. Keys of other kinds than age stand with kind and name. */
export interface PlannedUpdate {
  readonly file: string;
  readonly add: readonly string[];
  /** They still know the data key afterwards: rotate these files. */
  readonly remove: readonly string[];
  /** The key groups or the threshold differ, perhaps with the same recipients. */
  readonly regrouped: boolean;
  /** The recipients it has, by key group. */
  readonly groups: readonly (readonly string[])[];
  /** Those it is to have. */
  readonly wantedGroups: readonly (readonly string[])[];
  readonly shamirThreshold: number | undefined;
  readonly wanted: KeyGroupOptions;
}

export interface ApplyOptions extends KeySourceOptions {
  /** Stops between two files. Run the plan again to go on: files that are done are no part of the new one. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number, file: string) => void) | undefined;
}

export interface UpdatePlan {
  readonly updates: readonly PlannedUpdate[];
  /** Files that have the recipients of their rule already. */
  readonly unchanged: readonly string[];
  /** Files without a rule, and such that cannot be read. */
  readonly problems: readonly SopsError[];
  /**
   * Rewrites the files of `updates`, one after the other, each atomically. A file that fails does not stop the others.
   *
   * @returns The files that were written, and why others were not.
   */
  apply(
    options?: ApplyOptions,
  ): Promise<{ readonly written: readonly string[]; readonly failed: readonly SopsError[] }>;
}

/**
 * Compares the recipients of every SOPS file below a folder, or of one file, with its creation rule. Needs no key and
 * writes nothing: look at the plan, then `apply()` it. Passphrases are asked for once.
 *
 * @throws {@link SopsError} `read-failed`
 *
 * @example
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { generateIdentity, planUpdateKeys, writeEncrypted } from "@idstack/sops";
 * const folder = await mkdtemp(join(tmpdir(), "sops-"));
 * const [mine, backup] = [await generateIdentity(), await generateIdentity()];
 * await writeEncrypted(join(folder, "db.yaml"), { token: "hunter2" }, { recipients: [mine.recipient] });
 * await writeFile(join(folder, ".sops.yaml"), `creation_rules: [{age: [${mine.recipient}, ${backup.recipient}]}]\n`);
 * const plan = await planUpdateKeys(folder);
 * console.log(plan.updates.length, plan.updates[0]?.add.length); // 1 1
 * await plan.apply({ identities: [mine.identity] });
 * console.log((await planUpdateKeys(folder)).updates.length); // 0
 */
export async function planUpdateKeys(path: string, options: PlanOptions = {}): Promise<UpdatePlan> {
  const updates: PlannedUpdate[] = [];
  const unchanged: string[] = [];
  const problems: SopsError[] = [];
  const configs = new Map<string, Promise<SopsConfig | undefined>>();
  for await (const { path: file, text } of encryptedFiles(path)) {
    try {
      const config = options.config ?? (await nearest(dirname(resolve(file)), configs));
      if (config === undefined) throw new SopsError("no-config", "there is no .sops.yaml above the file", { file });
      const rule = ruleFor(resolve(file), config);
      const source = parseEncrypted(text, file, options.format);
      const groups = groupsOf(rule);
      const wanted: KeyGroupOptions = {
        recipients: rule.recipients,
        keyGroups: groups,
        namedKeys: rule.namedKeys ?? groups.map(() => []),
        shamirThreshold:
          options.threshold === "file" ? atMost(source.metadata.shamirThreshold, groups.length) : rule.shamirThreshold,
      };
      if (sameKeys(source.metadata, wanted)) {
        unchanged.push(file);
        continue;
      }
      const regrouped = groups.length > 1 || source.metadata.groups.length > 1;
      const now = source.metadata.groups.map(({ age, others }) => [
        ...age.map(({ recipient }) => recipient),
        ...others.map((entry) => keyName(namedKeyOf(entry))),
      ]);
      const entries = source.metadata.groups.flatMap(({ others }) => others);
      const wantedGroups = groups.map((group, index) => [
        ...group,
        ...(wanted.namedKeys?.[index] ?? []).map((key) => nameIn(entries, key)),
      ]);
      const [add, remove] = [difference(wantedGroups.flat(), now.flat()), difference(now.flat(), wantedGroups.flat())];
      const { shamirThreshold } = source.metadata;
      updates.push({ file, add, remove, regrouped, groups: now, wantedGroups, shamirThreshold, wanted });
    } catch (error) {
      problems.push(named(error, file));
    }
  }
  return { updates, unchanged, problems, apply: (given) => apply(updates, { format: options.format, ...given }) };
}

/** A key as the file calls it, where it has it: a rule may say less. */
function nameIn(entries: readonly OtherKey[], key: NamedKey): string {
  const entry = entryFor(key, entries);
  return keyName(entry === undefined ? key : namedKeyOf(entry));
}

function atMost(threshold: number | undefined, groups: number): number | undefined {
  return threshold === undefined || groups === 1 ? undefined : Math.min(threshold, groups);
}

async function apply(
  updates: readonly PlannedUpdate[],
  options: ApplyOptions & Pick<PlanOptions, "format">,
): ReturnType<UpdatePlan["apply"]> {
  const keyRing = options.keyRing ?? openKeyRing(options);
  const written: string[] = [];
  const failed: SopsError[] = [];
  for (const [index, { file, wanted }] of updates.entries()) {
    options.signal?.throwIfAborted();
    try {
      const before = await readText(file);
      const { text } = await updateKeys(before, wanted, { ...options, keyRing, file });
      if (text !== before) {
        await writeAtomic(file, text, { expected: before });
        written.push(file);
      }
    } catch (error) {
      failed.push(named(error, file));
    }
    options.onProgress?.(index + 1, updates.length, file);
  }
  return { written, failed };
}

function nearest(folder: string, known: Map<string, Promise<SopsConfig | undefined>>): Promise<SopsConfig | undefined> {
  const found = known.get(folder) ?? findSopsConfig(folder);
  known.set(folder, found);
  return found;
}

/** The error with the file it is about, whatever file its own position speaks of. */
function named(error: unknown, file: string): SopsError {
  if (!(error instanceof SopsError)) throw error;
  return error.file === file
    ? error
    : new SopsError(error.code, error.message, { file, tried: error.tried, cause: error });
}
