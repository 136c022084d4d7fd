import { randomBytes } from "node:crypto";
import { edit, encrypt, generateIdentity, mergeEncrypted, textconv } from "@idstack/sops";
import { describe, expect, test } from "vitest";
import { diffLines } from "../helpers.ts";

const [{ identity, recipient }, other] = [await generateIdentity(), await generateIdentity()];
const identities = [identity];
const digestKey = randomBytes(32);

describe.each(["yaml", "json", "dotenv", "ini"] as const)("%s", (format) => {
  const wrap = (values: Record<string, string>) => (format === "ini" ? { db: values } : values);
  const options = { identities, format, digestKey };
  const make = (values: Record<string, string>) => encrypt(wrap(values), { recipients: [recipient], format });

  test("values read as digests, equal for equal values and unlinkable with another key", async () => {
    const text = await make({ one: "canary-a", two: "canary-a", three: "canary-b", four_unencrypted: "plain" });
    const shown = await textconv(text, options);
    const [one, two, three] = shown.match(/<str:[0-9a-f]{12}>/g) ?? [];
    expect([one === two, one === three]).toEqual([true, false]);
    expect(shown).toContain("plain");
    expect(shown).toContain(`# sops: encrypted for ${recipient}\n# sops: unencrypted_suffix: _unencrypted\n`);
    expect(shown).not.toMatch(/canary|ENC\[|BEGIN AGE|lastmodified/);
    const elsewhere = await textconv(text, { ...options, digestKey: randomBytes(32) });
    expect(elsewhere).not.toContain(one);
  });

  test("the same values encrypted anew read the same; an edit shows the one line", async () => {
    const [first, second] = [await make({ a: "1", b: "2" }), await make({ a: "1", b: "2" })];
    expect(await textconv(first, options)).toBe(await textconv(second, options));
    const path = format === "ini" ? ["db", "b"] : ["b"];
    const changed = await edit(first, (doc) => doc.set(path, "3"), { identities, format });
    expect(diffLines(await textconv(first, options), await textconv(changed, options)).added).toHaveLength(1);
  });

  test("without a key only names and recipients are there", async () => {
    const text = await make({ token: "canary" });
    const shown = await textconv(text, { ...options, identities: [other.identity] });
    expect(shown).toMatch(/token.*<encrypted>/);
    expect(shown).toContain("# sops: values are not compared: no key opens the file\n");
    expect(await textconv(text, { format })).toContain("<encrypted>");
  });
});

test("comments are digests, too, and a broken MAC is named", async () => {
  const text = await encrypt("# canary\na: 1 # canary\nb_unencrypted: 2\n", { recipients: [recipient] });
  const shown = await textconv(text, { identities, digestKey });
  expect(shown.match(/<comment:\w{12}>/g)).toHaveLength(2);
  expect(shown).toContain("a: <int:");
  const forged = await textconv(text.replace("b_unencrypted: 2", "b_unencrypted: 3"), { identities, digestKey });
  expect(forged).toContain("# sops: the MAC does not match");
  expect(forged).toContain("a: <int:");
});

test("a value that should be encrypted is not shown", async () => {
  const text = await encrypt("a: 1\nb: 2\n", { recipients: [recipient] });
  const leaked = text.replace(/b: ENC.*/, "b: canary-leak");
  const shown = await textconv(leaked, { identities, digestKey });
  expect(shown).toContain("b: <plaintext>");
  expect(shown).not.toContain("canary");
});

test("binary files are one digest and a size", async () => {
  const text = await encrypt(Uint8Array.of(0, 255, 3), { recipients: [recipient], format: "binary" });
  const shown = await textconv(text, { identities, digestKey, format: "binary" });
  expect(shown).toMatch(/"data": "<str:\w{12}>"/);
  expect(shown).toContain("# sops: 3 bytes\n");
});

test("what is not encrypted, unresolved or damaged does not fail", async () => {
  expect(await textconv("a: 1\n", { digestKey })).toBe("a: 1\n");
  const base = await encrypt({ a: "1" }, { recipients: [recipient] });
  const put = (value: string) => edit(base, (doc) => doc.set(["a"], value), { identities });
  const { text } = await mergeEncrypted({ base, ours: await put("2"), theirs: await put("3") }, { identities });
  const shown = await textconv(text, { identities, digestKey });
  expect(shown).toContain("<<<<<<< ours\na: <encrypted>\n=======\na: <encrypted>\n>>>>>>> theirs\n");
  for (let at = 0; at < base.length; at += 7) {
    await textconv(base.slice(0, at), { identities, digestKey });
    await textconv(`${base.slice(0, at)}\u0001${base.slice(at + 1)}`, { identities, digestKey });
  }
  expect(await textconv(base.replace(/mac: .*/, "mac: x"), { identities, digestKey })).toContain("a: <str:");
});
