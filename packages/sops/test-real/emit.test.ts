import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, sops } from "@idstack/tool-real";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { decrypt, edit, encrypt, generateIdentity, type Selection, SopsError, type SopsFormat } from "../src/index.ts";
import { document, selectionKeys } from "../test/generated-documents.ts";
import { inParallel, rules } from "../test/generated-interop.ts";
import { jsonText, toYaml, yamlText } from "../test/generated-yaml.ts";

/** Plaintexts; another seed makes other ones: `IDSTACK_SEED`, `IDSTACK_CASES`, and `IDSTACK_LONG=1` more of them. */
const LONG = process.env["IDSTACK_LONG"] === "1";
const seed = Number(process.env["IDSTACK_SEED"] ?? 1);
const numRuns = Number(process.env["IDSTACK_CASES"] ?? (LONG ? 2000 : 60));

const { identity, recipient } = await generateIdentity();
const recipients = [recipient];
const identities = [identity];
const folder = mkdtempSync(join(tmpdir(), "sops-emit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What differs at every encryption: envelopes, the wrapped key and the time. */
const still = (text: string): string =>
  text
    .replace(/ENC\[AES256_GCM,data:[^\]]*,type:(\w+)\]/g, "ENC[$1]")
    .replace(/-----BEGIN AGE ENCRYPTED FILE-----[\s\S]*?-----END AGE ENCRYPTED FILE-----/g, "AGE")
    .replace(/("?lastmodified"?: ).*/g, "$1");

const yaml = fc.oneof(
  { weight: 2, arbitrary: yamlText },
  { weight: 1, arbitrary: document.filter((data) => !isConstruct(data)).map(toYaml) },
);
const FORMATS: readonly (readonly [SopsFormat, fc.Arbitrary<string>])[] = [
  ["yaml", yaml.filter((text) => !EMPTY_COMMENT.test(text))],
  ["json", jsonText],
];
/** In a list sops makes an element of it. */
const EMPTY_COMMENT = /#$/m;

describe.each(FORMATS)("%s", (format, texts) => {
  test("is written as sops 3.13.3 writes it, byte for byte", { timeout: 7_200_000 }, async () => {
    const outcome = { same: 0, refused: 0, unreadable: 0, opened: 0 };
    const mismatches: string[] = [];
    await inParallel(fc.sample(fc.tuple(texts, rules), { numRuns, seed }), async ([text, rule], worker) => {
      const run = new Comparison(format, join(folder, `${format}-${worker}`));
      try {
        for (const one of await run.compare(text, rule)) outcome[one] += 1;
      } catch (error) {
        mismatches.push(`${JSON.stringify([text, rule])}: ${error instanceof Error ? error.message : error}`);
      }
    });
    mismatches.sort((a, b) => a.length - b.length);
    expect({ first: mismatches.slice(0, 3), mismatches: mismatches.length }).toEqual({ first: [], mismatches: 0 });
    process.stdout.write(`${format}, seed ${seed}: ${JSON.stringify(outcome)}\n`);
    await recordEvidence({
      component: "sops",
      version: "3.13.3",
      proves: `@idstack/sops writes ${format} as sops does, byte for byte`,
      checked: outcome.same,
      unit: "texts",
      mismatches: 0,
    });
  });
});

/** `unreadable` and `opened`: the constructs comment-read-elsewhere and comment-left-encrypted of the README. */
type Outcome = "same" | "refused" | "unreadable" | "opened";

class Comparison {
  readonly #format: SopsFormat;
  readonly #folder: string;
  readonly #file: string;

  constructor(format: SopsFormat, home: string) {
    this.#format = format;
    this.#folder = home;
    this.#file = join(home, `a.${format}`);
    mkdirSync(home, { recursive: true });
  }

  /** What both encrypt, what both make of sops' file, and what both make of it by setting a value. */
  async compare(text: string, rule: Selection): Promise<Outcome[]> {
    const format = this.#format;
    const config = { creation_rules: [{ age: recipient, ...selectionKeys(rule) }] };
    writeFileSync(join(this.#folder, ".sops.yaml"), JSON.stringify(config));
    const theirs = await this.#sops(["encrypt"], text);
    let ours: string;
    try {
      ours = await encrypt(text, { ...rule, recipients, format, emit: "sops" });
    } catch (error) {
      if (error instanceof SopsError && theirs === undefined) return ["refused"];
      throw error;
    }
    if (theirs === undefined) throw new Error("sops refuses what we encrypt");
    const printed = await this.#sops(["decrypt"], theirs);
    if (printed === undefined && still(theirs) !== still(ours)) return ["unreadable"];
    expect(still(ours)).toBe(still(theirs));
    if (printed === undefined) throw new Error("sops does not read its own file, and we wrote the same");
    const back = await decrypt(theirs, { identities, format, emit: "sops" });
    if (printed.includes("ENC[")) return ["same", "opened"];
    expect(back.text).toBe(printed);
    const edited = await edit(theirs, (doc) => doc.set(["added"], "x"), { identities, format, emit: "sops" });
    writeFileSync(this.#file, theirs);
    await sops(["set", this.#file, '["added"]', '"x"'], { ageKey: identity, cwd: this.#folder, allowFailure: true });
    const set = readFileSync(this.#file, "utf8");
    if ((await this.#sops(["decrypt"], set)) === undefined) return ["same", "same", "unreadable"];
    expect(still(edited)).toBe(still(set));
    return ["same", "same", "same"];
  }

  async #sops(args: readonly string[], input: string): Promise<string | undefined> {
    writeFileSync(this.#file, input);
    const options = { ageKey: identity, cwd: this.#folder, allowFailure: true };
    const { status, stdout } = await sops([...args, this.#file], options);
    return status === 0 ? stdout : undefined;
  }
}

/** Strings, keys and numbers that sops writes so that it cannot read them again. */
function isConstruct(value: unknown): boolean {
  if (typeof value === "string") return /^\s/.test(value) && value.includes("\n");
  if (typeof value !== "object" || value === null) return Object.is(value, -0);
  return Object.entries(value).some(
    ([name, inner]) => (!Array.isArray(value) && (name === "<<" || isConstruct(name))) || isConstruct(inner),
  );
}
