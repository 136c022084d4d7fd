import fc from "fast-check";
import type { Selection, SopsFormat } from "../src/index.ts";
import { document, hasBrokenKey, hasBrokenString, selectionKeys } from "./generated-documents.ts";
import { dotenv, ini } from "./generated-stores.ts";
import { toJson, toYaml, yamlText } from "./generated-yaml.ts";

/** A plaintext and everything that can be said about its encryption. */
export interface InteropCase {
  readonly format: SopsFormat;
  readonly plain: string | Uint8Array;
  /** What `plain` was made from, where it was made from data. */
  readonly data?: unknown;
  readonly rule: Selection;
  readonly macOnlyEncrypted: boolean;
  /** Indices of keys; no groups mean one with the first key. */
  readonly groups: readonly (readonly number[])[];
  readonly shamirThreshold: number | undefined;
}

/** None, and one of each of the six options. */
export const rules = fc.constantFrom<Selection>(
  {},
  { encryptedRegex: "^(a|data|key|[b-m])" },
  { unencryptedRegex: "^(b|y|k 1)|[n-z]$" },
  { encryptedSuffix: "a" },
  { unencryptedSuffix: "y" },
  { encryptedCommentRegex: "one|two" },
  { unencryptedCommentRegex: "^ ?(a|one|two)" },
);
const keyGroups = fc.constantFrom<Pick<InteropCase, "groups" | "shamirThreshold">>(
  { groups: [], shamirThreshold: undefined },
  { groups: [], shamirThreshold: undefined },
  { groups: [[0, 1]], shamirThreshold: undefined },
  { groups: [[0], [1]], shamirThreshold: undefined },
  { groups: [[0], [1, 2], [2]], shamirThreshold: 2 },
  { groups: [[0], [1], [2]], shamirThreshold: 3 },
);
const content = fc.oneof(
  { weight: 4, arbitrary: yamlText.map((plain) => ({ format: "yaml" as const, plain })) },
  {
    weight: 3,
    arbitrary: document.map((data) => ({ format: "yaml" as const, plain: toYaml(data), data })),
  },
  {
    weight: 3,
    arbitrary: document.map((data) => ({ format: "json" as const, plain: toJson(data), data })),
  },
  { weight: 2, arbitrary: dotenv.map((plain) => ({ format: "dotenv" as const, plain })) },
  { weight: 2, arbitrary: ini.map((plain) => ({ format: "ini" as const, plain })) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((plain) => ({ format: "binary" as const, plain })),
  },
);

export const interopCase: fc.Arbitrary<InteropCase> = fc
  .tuple(content, rules, fc.boolean(), keyGroups)
  .map(([what, rule, macOnlyEncrypted, groups]) => {
    const whole = what.format === "binary";
    return { ...what, rule: whole ? {} : rule, macOnlyEncrypted: macOnlyEncrypted && !whole, ...groups };
  });

/** The creation rule that says the same. */
export function ruleOf(one: InteropCase, recipients: readonly string[]): Record<string, unknown> {
  const { rule, macOnlyEncrypted, groups, shamirThreshold } = one;
  return {
    ...selectionKeys(rule),
    ...(macOnlyEncrypted ? { mac_only_encrypted: true } : {}),
    ...(groups.length === 0 ? {} : { key_groups: groups.map((group) => ({ age: group.map((i) => recipients[i]) })) }),
    ...(shamirThreshold === undefined ? {} : { shamir_threshold: shamirThreshold }),
  };
}

/** What sops itself does not get back: see the README. */
export function sopsCannot({ data, format, plain }: InteropCase, version: string): boolean {
  if (format === "yaml" && data !== undefined) return hasBrokenKey(data) || hasBrokenString(data);
  // Until 3.13.1 every number of JSON was a float.
  if (format === "json" && version === "3.12.2") return holdsLargeNumber(data);
  return typeof plain !== "string" ? false : format === "yaml" && /^\s*(#.*\n\s*)*$/.test(plain);
}

function holdsLargeNumber(value: unknown): boolean {
  if (typeof value === "bigint") return true;
  if (typeof value !== "object" || value === null) return Math.abs(Number(value)) > 2 ** 53;
  return Object.values(value).some(holdsLargeNumber);
}

/** Three at a time: most of the time goes into waiting for sops. */
export async function inParallel<T>(all: readonly T[], work: (one: T, worker: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (id: number): Promise<void> => {
    for (let one = all[next]; one !== undefined; one = all[next]) {
      next += 1;
      await work(one, id);
    }
  };
  await Promise.all(Array.from({ length: 3 }, (_, id) => worker(id)));
}
