import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordEvidence, type SopsVersion, sops, sopsVersions } from "@idstack/tool-real";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { decrypt, encrypt, generateIdentity, SopsError, type SopsFormat } from "../src/index.ts";
import { toData } from "../src/internal/data-tree.ts";
import { parseYaml } from "../src/internal/parse-yaml.ts";
import { storeFor } from "../src/stores/stores.ts";
import { asJson } from "../test/generated-documents.ts";
import { type InteropCase, inParallel, interopCase, ruleOf, sopsCannot } from "../test/generated-interop.ts";

/**
 * Plaintexts for each version of sops, each encrypted by one and decrypted by the other, both ways: 500 documents in the
 * usual run, 10,000 with `IDSTACK_LONG=1`. Another seed makes other ones: `IDSTACK_SEED`, `IDSTACK_CASES`.
 */
const seed = Number(process.env["IDSTACK_SEED"] ?? 1);
const numRuns = Number(process.env["IDSTACK_CASES"] ?? (process.env["IDSTACK_LONG"] === "1" ? 2500 : 125));
const EXTENSIONS = { yaml: "yaml", json: "json", dotenv: "env", ini: "ini", binary: "bin" } as const;

const keys = await Promise.all([generateIdentity(), generateIdentity(), generateIdentity()]);
const recipients = keys.map(({ recipient }) => recipient);
const identities = keys.map(({ identity }) => identity);
const folder = mkdtempSync(join(tmpdir(), "sops-interop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(sopsVersions)("sops %s", (version) => {
  test("documents of every store, with every option: ours to sops, and sops to ours", {
    timeout: 7_200_000,
  }, async () => {
    const cases = fc.sample(interopCase, { numRuns, seed });
    const outcome = { checked: 0, refused: 0, unreadable: 0 };
    const mismatches: string[] = [];
    await inParallel(cases, async (one, worker) => {
      const run = new Interop(version, join(folder, `${version}-${worker}`));
      for (const way of ["toSops", "fromSops"] as const) {
        try {
          outcome[await run[way](one)] += 1;
        } catch (error) {
          mismatches.push(
            `${way} ${JSON.stringify({ ...one, data: undefined })}: ${error instanceof Error ? error.message : error}`,
          );
        }
      }
    });
    mismatches.sort((a, b) => a.length - b.length);
    expect({ first: mismatches.slice(0, 3), mismatches: mismatches.length }).toEqual({ first: [], mismatches: 0 });
    process.stdout.write(`sops ${version}, seed ${seed}: ${JSON.stringify(outcome)}\n`);
    await recordEvidence({
      component: "sops",
      version,
      proves: "documents of every store and option go both ways",
      checked: outcome.checked,
      unit: "files",
      mismatches: 0,
    });
  });
});

/** `refused`: by both, or by sops in one of its known ways; `unreadable`: sops wrote it and cannot read it. */
type Outcome = "checked" | "refused" | "unreadable";

class Interop {
  readonly #version: SopsVersion;
  readonly #folder: string;

  constructor(version: SopsVersion, home: string) {
    this.#version = version;
    this.#folder = home;
    mkdirSync(home, { recursive: true });
  }

  async toSops(one: InteropCase): Promise<Outcome> {
    const { format } = one;
    let ours: string;
    try {
      ours = await encrypt(one.plain, { ...this.#options(one), format });
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
      return "refused";
    }
    const { documents, text, bytes } = await decrypt(ours, { identities, format, emit: "sops" });
    const printed = await this.#sops(["decrypt"], one, ours);
    if (typeof printed === "string") {
      if (format === "json" && sopsCannot(one, this.#version)) return "unreadable";
      throw new Error(`sops refuses what we write: ${printed}`);
    }
    if (format === "binary") expect(Buffer.compare(printed, bytes)).toBe(0);
    else if (printed.toString("utf8") !== text) await this.#sameData(one, ours, printed.toString("utf8"), documents);
    return "checked";
  }

  async fromSops(one: InteropCase): Promise<Outcome> {
    const { format } = one;
    const { age, ...rest } = { age: recipients.slice(0, 1).join(","), ...ruleOf(one, recipients) };
    const rule = "key_groups" in rest ? rest : { age, ...rest };
    writeFileSync(join(this.#folder, ".sops.yaml"), JSON.stringify({ creation_rules: [rule] }));
    const plain = plainText(one);
    const theirs = await this.#sops(["encrypt"], one, plain);
    let expected: readonly unknown[] | undefined;
    try {
      const ours = await encrypt(one.plain, { ...this.#options(one), format });
      const back = await decrypt(ours, { identities, format });
      expected = format === "binary" ? [...back.bytes] : back.documents;
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
    }
    if (typeof theirs === "string") {
      if (expected === undefined || sopsCannot(one, this.#version)) return "refused";
      throw new Error(`sops refuses what we encrypt: ${theirs}`);
    }
    if (expected === undefined) throw new Error("we refuse what sops encrypts");
    try {
      const found = await decrypt(theirs, { identities, format });
      const got = format === "binary" ? [...found.bytes] : found.documents;
      expect(asJson(got)).toEqual(asJson(expected));
    } catch (error) {
      if (sopsCannot(one, this.#version)) return "unreadable";
      if (error instanceof SopsError && typeof (await this.#sops(["decrypt"], one, theirs)) === "string") {
        return "unreadable";
      }
      throw error;
    }
    return "checked";
  }

  #options({ rule, macOnlyEncrypted, groups, shamirThreshold }: InteropCase) {
    const keyGroups = groups.map((group) => group.map((index) => recipients[index] ?? ""));
    return {
      ...rule,
      macOnlyEncrypted,
      recipients: groups.length === 0 ? recipients.slice(0, 1) : [],
      ...(groups.length === 0 ? {} : { keyGroups, shamirThreshold }),
    };
  }

  /** The layout may differ where the README says so, the values may not. */
  async #sameData(one: InteropCase, ours: string, printed: string, documents: readonly unknown[]): Promise<void> {
    const { format } = one;
    let found: readonly unknown[];
    try {
      const parsed = storeFor(format)?.parse(printed) ?? parseYaml(printed);
      found = parsed.documents.map(({ root }) => toData(root));
      expect(asJson(found)).toEqual(asJson(documents));
    } catch {
      const json = await this.#sops(["decrypt", "--output-type", "json"], one, ours);
      if (typeof json === "string") throw new Error(json);
      expect(asJson(JSON.parse(json.toString("utf8")))).toEqual(
        asJson(JSON.parse(JSON.stringify(asJson(documents[0])))),
      );
    }
  }

  /** What sops writes, or what it says when it refuses. */
  async #sops(args: readonly string[], { format }: InteropCase, input: string | Uint8Array): Promise<Buffer | string> {
    const [file, out] = ["in", "out"].map((name) => join(this.#folder, `${name}.${EXTENSIONS[format]}`));
    if (file === undefined || out === undefined) throw new TypeError("two names");
    writeFileSync(file, input);
    const { status, stderr } = await sops([...args, "--output", out, file], {
      version: this.#version,
      cwd: this.#folder,
      env: { SOPS_AGE_KEY: identities.join("\n") },
      allowFailure: true,
    });
    return status === 0 ? readFileSync(out) : stderr || `exit ${status}`;
  }
}

function plainText({ plain, format }: InteropCase): string | Uint8Array {
  if (typeof plain === "string" || plain instanceof Uint8Array) return plain;
  if (format === "json")
    return JSON.stringify(plain, (_, value) => (typeof value === "bigint" ? Number(value) : value));
  throw new TypeError(`text is expected for ${format satisfies SopsFormat}`);
}
