import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { guardTree } from "../../src/index.ts";
import { corpus, own } from "./corpus/index.ts";
import { table, wrong } from "./corpus/table.ts";

/** Every file is judged by every judge. */
vi.setConfig({ testTimeout: 60_000 });

const filesOf = (verdict: string) => own.filter((each) => each.verdict === verdict).flatMap(({ files }) => files);

test("the corpus is as large as it should be, and no file is there twice", () => {
  expect(own.length).toBeGreaterThanOrEqual(40);
  expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
  for (const verdict of ["good", "bad"]) {
    const files = filesOf(verdict);
    expect(files.length).toBeGreaterThanOrEqual(200);
    const seen = files.map((file) => JSON.stringify([file.text, file.path, file.beside]));
    expect(new Set(seen).size).toBe(files.length);
  }
});

describe.each(corpus)("$verdict: $name", ({ verdict, code, files }) => {
  test.each(files)("$path", ({ path, text, beside = [] }) => {
    const found = guardTree({ files: [{ path, text }, ...beside] });
    const shown = found.map((each) => `${each.code} ${each.file}:${each.line} ${each.message}`);
    if (verdict === "good") expect(shown).toEqual([]);
    else
      expect(
        found.filter(({ file }) => file === path).map((each) => each.code),
        shown.join("\n"),
      ).toContain(`sops/${code}`);
  });
});

test("no finding repeats what is planted in a file", () => {
  const found = corpus.flatMap(({ files }) =>
    files.flatMap((file) => guardTree({ files: [file, ...(file.beside ?? [])] })),
  );
  expect(found.length).toBeGreaterThan(300);
  const told = JSON.stringify(found.map(({ message, help, path }) => [message, help, path]));
  // Recipients are public.
  const shown = told.replaceAll(/ssh-ed25519 [\w+/]+/g, "");
  expect(shown).not.toMatch(/hunter|aHVudGVy|AGE-SECRET-KEY-(?:PQ-)?1\w|gh[ops]_\w|AKIA|xox|[A-Za-z0-9+/]{64}/);
});

test("no alarm is missed, none is false", () => {
  expect(corpus.filter((construct) => wrong(construct)[0] !== 0).map(({ name }) => name)).toEqual([]);
});

/** The formatter pads the columns of tables. */
const unpadded = (text: string) => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");

test("GUARD.md shows what is counted; vitest -u writes it", async () => {
  const file = fileURLToPath(new URL("../../GUARD.md", import.meta.url));
  const document = readFileSync(file, "utf8");
  const block = /(<!-- corpus:[^>]*-->\n)[\s\S]*?(\n<!-- \/corpus -->)/;
  expect(document).toMatch(block);
  const expected = document.replace(block, (_, start, end) => `${start}\n${table(corpus)}\n${end}`);
  await expect(unpadded(document) === unpadded(expected) ? document : expected).toMatchFileSnapshot(file);
});
