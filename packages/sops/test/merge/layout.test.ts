import {
  decrypt,
  edit,
  encrypt,
  generateIdentity,
  type KeyPath,
  mergeEncrypted,
  SopsError,
  type SopsValue,
} from "@idstack/sops";
import fc from "fast-check";
import { expect, test } from "vitest";
import { yamlText } from "../generated-yaml.ts";

const LONG = process.env["IDSTACK_LONG"] === "1";
const SERIES = LONG ? { numRuns: 2000 } : { numRuns: 40, seed: 1 };

const { identity, recipient } = await generateIdentity();
const options = { identities: [identity] };

type Leaf = readonly [number, KeyPath];

function leaves(value: SopsValue, document: number, path: KeyPath): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item: SopsValue, index) => leaves(item, document, [...path, index]));
  if (typeof value !== "object" || value === null || value instanceof Date) return [[document, path]];
  return Object.entries(value).flatMap(([key, item]) => leaves(item as SopsValue, document, [...path, key]));
}

/** Undefined for what YAML and SOPS do not hold, which others test. */
async function unlessRefused<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof SopsError) return undefined;
    throw error;
  }
}

test(
  "merging two edits of any document gives the values of both, and the text of one after the other",
  async () => {
    let merges = 0;
    await fc.assert(
      fc.asyncProperty(yamlText, fc.nat(), fc.nat(), async (plain, one, two) => {
        const base = await unlessRefused(() => encrypt(plain, { recipients: [recipient] }));
        if (base === undefined) return;
        const { documents } = await decrypt(base, options);
        const all = documents.flatMap((data, index) => leaves(data, index, []));
        const [mine, yours] = [all[one % all.length], all[two % all.length]];
        if (mine === undefined || yours === undefined || mine === yours) return;
        const put = (from: string, [document, path]: Leaf, value: string) =>
          unlessRefused(() => edit(from, (_, each) => each[document]?.set(path, value), options));
        const [ours, theirs] = [await put(base, mine, "ours"), await put(base, yours, "theirs")];
        const both = ours === undefined ? undefined : await put(ours, yours, "theirs");
        if (ours === undefined || theirs === undefined || both === undefined) return;
        const { text, conflicts } = await mergeEncrypted({ base, ours, theirs }, options);
        expect(conflicts).toEqual([]);
        const [merged, edited] = [await decrypt(text, options), await decrypt(both, options)];
        expect(merged.documents).toEqual(edited.documents);
        expect(merged.text).toBe(edited.text);
        merges += 1;
      }),
      SERIES,
    );
    expect(merges).toBeGreaterThan(SERIES.numRuns / 3);
  },
  LONG ? 1_800_000 : 60_000,
);
