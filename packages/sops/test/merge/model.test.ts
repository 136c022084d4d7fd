import {
  decrypt,
  edit,
  encrypt,
  generateIdentity,
  mergeEncrypted,
  resolveMerge,
  rotate,
  type SopsMapping,
  type SopsValue,
} from "@idstack/sops";
import fc from "fast-check";
import { expect, test } from "vitest";
import { diff } from "../../src/merge/diff.ts";
import { mergeSequences } from "../../src/merge/sequences.ts";

const LONG = process.env["IDSTACK_LONG"] === "1";
const SERIES = LONG ? { numRuns: 3000 } : { numRuns: 60, seed: 1 };
const TIMEOUT = LONG ? 1_800_000 : 60_000;

const { identity, recipient } = await generateIdentity();
const identities = [identity];

/** What a three-way merge is, said as briefly as possible. */
function model(
  base: SopsValue | undefined,
  ours: SopsValue | undefined,
  theirs: SopsValue | undefined,
  favor: "ours" | "theirs",
  conflicts: string[],
  path: string,
): SopsValue | undefined {
  if (isMap(ours) && isMap(theirs)) {
    const old = isMap(base) ? base : {};
    const merged: Record<string, SopsValue> = {};
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const value = model(own(old, key), own(ours, key), own(theirs, key), favor, conflicts, `${path}.${key}`);
      if (value !== undefined) merged[key] = value;
    }
    return merged;
  }
  if (same(ours, theirs) || same(base, theirs)) return ours;
  if (same(base, ours)) return theirs;
  conflicts.push(path);
  return favor === "ours" ? ours : theirs;
}

function isMap(value: SopsValue | undefined): value is SopsMapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(map: SopsMapping, key: string): SopsValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function same(a: unknown, b: unknown): boolean {
  const sorted = (_: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value;
  return JSON.stringify(a, sorted) === JSON.stringify(b, sorted);
}

/** Few keys and values, so that the three versions meet. */
const { tree } = fc.letrec<{ tree: SopsMapping; value: SopsValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<SopsValue>("x", "y", "a\nb", 1, 2.5, true, null, ""),
    fc.constantFrom<SopsValue>([], ["x"], ["x", "y"]),
    tie("tree"),
  ),
  tree: fc.dictionary(fc.constantFrom("a", "b", "c_unencrypted", "d"), tie("value"), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
}));
const edits = fc.array(
  fc.tuple(
    fc.constantFrom("a", "b", "c_unencrypted", "d", "e"),
    fc.option(fc.constantFrom<SopsValue>("x", "z", 3, { a: "n" })),
  ),
  { maxLength: 3 },
);
const versions = fc.oneof(
  fc.tuple(tree, tree, tree),
  fc
    .tuple(tree, edits, edits)
    .map(([base, one, two]): [SopsMapping, SopsMapping, SopsMapping] => [base, edited(base, one), edited(base, two)]),
);

function edited(base: SopsMapping, changes: readonly (readonly [string, SopsValue])[]): SopsMapping {
  const result: Record<string, SopsValue> = { ...base };
  for (const [key, value] of changes) {
    if (value === null) delete result[key];
    else result[key] = value;
  }
  return result;
}

/** Lists are merged element by element, which the model does not know: a list that both sides changed is left to others. */
function listsMeet(base: unknown, ours: unknown, theirs: unknown): boolean {
  if (Array.isArray(ours) && Array.isArray(theirs))
    return !same(ours, theirs) && !same(base, ours) && !same(base, theirs);
  if (!isMap(ours as SopsValue) || !isMap(theirs as SopsValue)) return false;
  const at = (value: unknown, key: string) => (isMap(value as SopsValue) ? own(value as SopsMapping, key) : undefined);
  return Object.keys(ours as object).some((key) => listsMeet(at(base, key), at(ours, key), at(theirs, key)));
}

test(
  "a merge is the three-way merge of the values, whatever the format, the keys and the layout",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        versions,
        fc.constantFrom("yaml" as const, "json" as const),
        fc.constantFrom("none", "ours", "theirs", "both"),
        async ([base, ours, theirs], format, rotated) => {
          fc.pre(!listsMeet(base, ours, theirs));
          const options = { identities, format };
          const first = await encrypt(base, { recipients: [recipient], format });
          const version = async (to: SopsMapping, side: string) => {
            const changed = await edit(
              first,
              (doc) => {
                for (const key of Object.keys(doc.data)) if (!Object.hasOwn(to, key)) doc.delete([key]);
                for (const [key, value] of Object.entries(to)) if (!same(doc.get([key]), value)) doc.set([key], value);
              },
              options,
            );
            return rotated === side || rotated === "both" ? rotate(changed, options) : changed;
          };
          const texts = { base: first, ours: await version(ours, "ours"), theirs: await version(theirs, "theirs") };
          const { text, conflicts } = await mergeEncrypted(texts, options);
          const expected: string[] = [];
          const favored = model(base, ours, theirs, "ours", expected, "");
          expect(conflicts.map(({ keys }) => `.${keys.join(".")}`).sort()).toEqual(expected.sort());
          const result = conflicts.length === 0 ? text : await resolveMerge(text, "ours", options);
          expect((await decrypt(result, options)).data).toEqual(favored);
          if (conflicts.length === 0) return;
          const other = await resolveMerge(text, "theirs", options);
          expect((await decrypt(other, options)).data).toEqual(model(base, ours, theirs, "theirs", [], ""));
        },
      ),
      SERIES,
    );
  },
  TIMEOUT,
);

const flat = fc.dictionary(fc.constantFrom("a", "b", "c_unencrypted", "d"), fc.constantFrom("x", "y", "z"), {
  minKeys: 1,
  noNullPrototype: true,
});

test(
  "so is that of flat formats",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        flat,
        flat,
        flat,
        fc.constantFrom("dotenv" as const, "ini" as const),
        async (a, b, c, format) => {
          const options = { identities, format };
          const wrap = (values: SopsMapping): SopsMapping => (format === "ini" ? { DEFAULT: {}, db: values } : values);
          const make = (values: SopsMapping) => encrypt(wrap(values), { recipients: [recipient], format });
          const { text, conflicts } = await mergeEncrypted(
            { base: await make(a), ours: await make(b), theirs: await make(c) },
            options,
          );
          const expected: string[] = [];
          for (const side of ["ours", "theirs"] as const) {
            const favored = model(wrap(a), wrap(b), wrap(c), side, side === "ours" ? expected : [], "");
            const result = conflicts.length === 0 ? text : await resolveMerge(text, side, options);
            expect((await decrypt(result, options)).data).toEqual(favored);
          }
          expect(conflicts.map(({ keys }) => `.${keys.join(".")}`).sort()).toEqual(expected.sort());
        },
      ),
      LONG ? { numRuns: 1000 } : { numRuns: 30, seed: 1 },
    );
  },
  TIMEOUT,
);

const items = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 8 });
const equal = (a: string, b: string) => a === b;

test("a difference turns one sequence into the other, and is as small as can be", () => {
  fc.assert(
    fc.property(items, items, (before, after) => {
      const result = [...before];
      const hunks = diff(before, after, equal);
      for (const { start, end, from, to } of hunks.toReversed())
        result.splice(start, end - start, ...after.slice(from, to));
      expect(result).toEqual(after);
      const kept = before.length - hunks.reduce((sum, { start, end }) => sum + end - start, 0);
      expect(kept).toBe(longestCommon(before, after));
    }),
    { numRuns: 1000 },
  );
});

test("a merge of sequences has the changes of both sides, in either order of the sides", () => {
  fc.assert(
    fc.property(items, items, items, (base, ours, theirs) => {
      const merged = (one: string[], two: string[]) => mergeSequences(base, one, two, equal);
      const flat = (parts: ReturnType<typeof merged>) =>
        parts.flatMap((part) => (part.kind === "agreed" ? part.items : part.ours));
      expect(flat(merged(ours, base))).toEqual(ours);
      expect(flat(merged(base, theirs))).toEqual(theirs);
      expect(flat(merged(ours, ours))).toEqual(ours);
      const there = merged(ours, theirs);
      const back = merged(theirs, ours);
      const clean = there.every(({ kind }) => kind === "agreed");
      expect(back.every(({ kind }) => kind === "agreed")).toBe(clean);
      if (clean) expect(flat(back)).toEqual(flat(there));
      // What both say of the base, with all conflicts on one side, is that side's version of the places of conflict.
      const side = (which: "base" | "ours") =>
        there.flatMap((part) => (part.kind === "conflict" ? part[which] : part.side === "both" ? part.items : []));
      expect(side("base").length).toBeLessThanOrEqual(base.length + ours.length);
    }),
    { numRuns: 1000 },
  );
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const row = table[i] ?? [];
      row[j] =
        a[i - 1] === b[j - 1] ? (table[i - 1]?.[j - 1] ?? 0) + 1 : Math.max(table[i - 1]?.[j] ?? 0, row[j - 1] ?? 0);
    }
  }
  return table[a.length]?.[b.length] ?? 0;
}
