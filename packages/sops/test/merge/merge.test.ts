import {
  decrypt,
  edit,
  editMerge,
  encrypt,
  generateIdentity,
  mergeEncrypted,
  resolveMerge,
  rotate,
  SopsError,
  type SopsMapping,
} from "@idstack/sops";
import { describe, expect, test } from "vitest";
import { sideOf } from "../../src/merge/markers.ts";
import { diffLines } from "../helpers.ts";

const { identity, recipient } = await generateIdentity();
const identities = [identity];
const FORMATS = ["yaml", "json", "dotenv", "ini"] as const;

/** Lines that came in, but for the time: value and mac. */
function newLines(before: string, after: string): string[] {
  return diffLines(before, after).added.filter((line) => !line.includes("lastmodified"));
}

describe.each(FORMATS)("%s", (format) => {
  const wrap = (values: Record<string, string>) => (format === "ini" ? { DEFAULT: {}, db: values } : values);
  const path = (key: string) => (format === "ini" ? ["db", key] : [key]);
  const options = { identities, format };
  const make = () => encrypt(wrap({ user: "web", password: "old", host: "db" }), { recipients: [recipient], format });
  const put = (text: string, key: string, value: string) => edit(text, (doc) => doc.set(path(key), value), options);
  const drop = (text: string, key: string) => edit(text, (doc) => doc.delete(path(key)), options);
  const dataOf = async (text: string): Promise<SopsMapping> => (await decrypt(text, options)).data;

  test("changes of different keys, neighbours too, merge cleanly and keep the bytes of both", async () => {
    const base = await make();
    const ours = await put(base, "user", "shop");
    const theirs = await put(base, "password", "new");
    const { text, conflicts } = await mergeEncrypted({ base, ours, theirs }, options);
    expect(conflicts).toEqual([]);
    expect(await dataOf(text)).toEqual(wrap({ user: "shop", password: "new", host: "db" }));
    const added = newLines(ours, text);
    expect(added).toHaveLength(2);
    expect(added.filter((line) => theirs.includes(line))).toHaveLength(1);
  });

  test("the same change on both sides is no conflict", async () => {
    const base = await make();
    const ours = await put(base, "user", "shop");
    const theirs = await put(await put(base, "user", "shop"), "host", "db2");
    const { text, conflicts } = await mergeEncrypted({ base, ours, theirs }, options);
    expect(conflicts).toEqual([]);
    expect(await dataOf(text)).toEqual(wrap({ user: "shop", password: "old", host: "db2" }));
  });

  test("additions of both sides are all there; deletions too", async () => {
    const base = await make();
    const ours = await put(await drop(base, "host"), "one", "1");
    const theirs = await put(base, "two", "2");
    const { text, conflicts } = await mergeEncrypted({ base, ours, theirs }, options);
    expect(conflicts).toEqual([]);
    expect(await dataOf(text)).toEqual(wrap({ user: "web", password: "old", one: "1", two: "2" }));
  });

  test("a conflict is marked with both sides encrypted, and resolves each way", async () => {
    const base = await make();
    const ours = await put(await put(base, "password", "canary-ours"), "user", "shop");
    const theirs = await put(await put(base, "password", "canary-theirs"), "host", "db2");
    const { text, conflicts } = await mergeEncrypted({ base, ours, theirs }, options);
    expect(conflicts).toEqual([
      {
        path: format === "ini" ? "db.password" : "password",
        keys: path("password"),
        document: 0,
        reason: "both-changed",
      },
    ]);
    expect(text).not.toContain("canary");
    expect(text.match(/^<{7} ours$/gm)).toHaveLength(2);
    await expect(decrypt(text, options)).rejects.toMatchObject({ code: "unresolved-merge" });
    for (const side of ["ours", "theirs"] as const) {
      const resolved = await resolveMerge(text, side, options);
      expect(await dataOf(resolved)).toEqual(wrap({ user: "shop", password: `canary-${side}`, host: "db2" }));
    }
    const both = await resolveMerge(text, ({ ours: a, theirs: b }) => ({ value: `${a}+${b}` }), options);
    expect(await dataOf(both)).toEqual(wrap({ user: "shop", password: "canary-ours+canary-theirs", host: "db2" }));
  });

  test("an editor gets the plaintext with its markers, and gives back any text", async () => {
    const base = await make();
    const ours = await put(await put(base, "password", "mine"), "user", "shop");
    const theirs = await put(base, "password", "yours");
    const { text } = await mergeEncrypted({ base, ours, theirs }, options);
    const shown: string[] = [];
    const left = editMerge(text, (plain) => shown[shown.push(plain) - 1] ?? "", options);
    await expect(left).rejects.toMatchObject({ code: "unresolved-merge" });
    expect(shown[0]).toMatch(/^<{7} ours\n.*mine.*\n={7}\n.*yours.*\n>{7} theirs$/m);
    const resolved = await editMerge(
      text,
      (plain) => plain.replace(/^<.*\n(.*\n)=+\n.*\n>.*\n/m, (_, line: string) => line.replace("mine", "neither")),
      options,
    );
    expect(await dataOf(resolved)).toEqual(wrap({ user: "shop", password: "neither", host: "db" }));
    expect(newLines(ours, resolved)).toHaveLength(2);
    const [own] = await Promise.all([editMerge(text, (plain) => sideOf(plain, "ours"), options)]);
    expect(own).toBe(await resolveMerge(text, "ours", options));
  });

  test("deletion against change", async () => {
    const base = await make();
    const gone = await drop(base, "password");
    const changed = await put(base, "password", "new");
    const one = await mergeEncrypted({ base, ours: gone, theirs: changed }, options);
    expect(one.conflicts[0]?.reason).toBe("ours-deleted");
    expect(await dataOf(await resolveMerge(one.text, "ours", options))).toEqual(wrap({ user: "web", host: "db" }));
    expect(await dataOf(await resolveMerge(one.text, "theirs", options))).toEqual(
      wrap({ user: "web", password: "new", host: "db" }),
    );
    const two = await mergeEncrypted({ base, ours: changed, theirs: gone }, options);
    expect(two.conflicts[0]?.reason).toBe("theirs-deleted");
    expect(await dataOf(await resolveMerge(two.text, "theirs", options))).toEqual(wrap({ user: "web", host: "db" }));
  });

  test("files that both sides added", async () => {
    const ours = await make();
    const theirs = await put(await make(), "port", "5432");
    const same = await mergeEncrypted({ ours, theirs }, options);
    expect(same.conflicts).toEqual([]);
    expect(await dataOf(same.text)).toEqual(wrap({ user: "web", password: "old", host: "db", port: "5432" }));
    const other = await mergeEncrypted({ base: "", ours, theirs: await put(theirs, "host", "db2") }, options);
    expect(other.conflicts.map(({ reason }) => reason)).toEqual(["both-added"]);
  });

  test("both rotated: the result has one key, and every value is there", async () => {
    const base = await make();
    const ours = await put(await rotate(base, options), "user", "shop");
    const theirs = await put(await rotate(base, options), "host", "db2");
    const { text, conflicts } = await mergeEncrypted({ base, ours, theirs }, options);
    expect(conflicts).toEqual([]);
    expect(await dataOf(text)).toEqual(wrap({ user: "shop", password: "old", host: "db2" }));
  });

  test("theirs rotated: every value is there, under a new key", async () => {
    const base = await make();
    const ours = await put(base, "user", "shop");
    const theirs = await rotate(base, options);
    const { text } = await mergeEncrypted({ base, ours, theirs }, options);
    expect(await dataOf(text)).toEqual(wrap({ user: "shop", password: "old", host: "db" }));
  });

  test("favor takes a side instead of leaving conflicts", async () => {
    const base = await make();
    const versions = { base, ours: await put(base, "user", "a"), theirs: await put(base, "user", "b") };
    const { text, conflicts } = await mergeEncrypted(versions, { ...options, favor: "theirs" });
    expect(conflicts).toEqual([]);
    expect(await dataOf(text)).toMatchObject(format === "ini" ? { db: { user: "b" } } : { user: "b" });
  });
});

test("one side unchanged: the other comes back byte for byte, without a key", async () => {
  const base = await encrypt({ a: "1" }, { recipients: [recipient] });
  const changed = await edit(base, (doc) => doc.set(["a"], "2"), { identities });
  expect((await mergeEncrypted({ base, ours: base, theirs: changed }, { identities: [] })).text).toBe(changed);
  expect((await mergeEncrypted({ base, ours: changed, theirs: base }, { identities: [] })).text).toBe(changed);
});

test("binary files are one value", async () => {
  const options = { identities, format: "binary" as const };
  const make = (bytes: Uint8Array) => encrypt(bytes, { recipients: [recipient], format: "binary" });
  const [one, two] = [Uint8Array.of(0, 255, 1), Uint8Array.of(0, 254, 2)];
  const base = await make(Uint8Array.of(0, 253));
  const { text, conflicts } = await mergeEncrypted({ base, ours: await make(one), theirs: await make(two) }, options);
  expect(conflicts).toMatchObject([{ path: "the whole file", reason: "both-changed" }]);
  await expect(decrypt(text, options)).rejects.toMatchObject({ code: "unresolved-merge" });
  expect((await decrypt(await resolveMerge(text, "ours", options), options)).bytes).toEqual(Buffer.from(one));
  expect((await decrypt(await resolveMerge(text, "theirs", options), options)).bytes).toEqual(Buffer.from(two));
  const { bytes } = await decrypt(
    (
      await mergeEncrypted(
        { base, ours: await rotate(base, options).catch(() => base), theirs: await make(two) },
        options,
      )
    ).text,
    options,
  );
  expect(bytes).toEqual(Buffer.from(two));
});

describe("layout", () => {
  const plain = `# top
user: web

stringData:
    # the token
    token: old # rotate
    list:
        - a
        - b
flow: {x: 1, y: 2}
last: z
`;
  const options = { identities };

  test("comments and blank lines of both sides are merged as git merges lines", async () => {
    const base = await encrypt(plain, { recipients: [recipient], encryptedRegex: "^stringData$" });
    const change = async (from: string | RegExp, to: string) => base.replace(from, to);
    const ours = await edit(
      await change("user: web", "user: web"),
      (doc) => doc.set(["stringData", "token"], "a"),
      options,
    );
    // A comment outside what is encrypted does not concern the MAC.
    const theirs = (await edit(base, (doc) => doc.set(["stringData", "list", 2], "c"), options)).replace(
      "last: z\n",
      "# added by theirs\n\nlast: z\n",
    );
    const { text, conflicts } = await mergeEncrypted({ base, ours, theirs }, options);
    expect(conflicts).toEqual([]);
    expect((await decrypt(text, options)).text).toBe(
      plain
        .replace("token: old", "token: a")
        .replace("        - b\n", "        - b\n        - c\n")
        .replace("last", "# added by theirs\n\nlast"),
    );
  });

  test("comments that have no place are named", async () => {
    const make = (text: string) => encrypt(text, { recipients: [recipient], unencryptedRegex: "^plain" });
    const base = await make("a: 1\nb: 2\nc: 3\n");
    const ours = await make("a: 9\nnew: 1\nb: 8\nc: 3\n");
    const theirs = await make("a: 1\n# of theirs\nb: 2\nc: 4\n");
    const { text, conflicts, warnings } = await mergeEncrypted({ base, ours, theirs }, options);
    expect(conflicts).toEqual([]);
    expect((await decrypt(text, options)).data).toEqual({ a: 9, new: 1, b: 8, c: 4 });
    expect(warnings).toMatchObject([
      { code: "sops/merge-comments", message: expect.stringMatching(/^1 comment that/) },
    ]);
    expect((await mergeEncrypted({ base, ours: theirs, theirs: ours }, options)).warnings).toEqual([]);
  });

  test("several documents, one added by each side", async () => {
    const docs = (...names: string[]) => names.map((name) => `name: ${name}\nvalue: v-${name}\n`).join("---\n");
    const make = (text: string) => encrypt(text, { recipients: [recipient] });
    const base = await make(docs("a", "b"));
    const ours = await make(docs("x", "a", "b"));
    const theirs = await make(docs("a", "b", "y"));
    const { text, conflicts } = await mergeEncrypted({ base, ours, theirs }, options);
    expect(conflicts).toEqual([]);
    expect((await decrypt(text, options)).documents.map(({ name }) => name)).toEqual(["x", "a", "b", "y"]);
  });

  test("a conflict in one of several documents names it", async () => {
    const base = await encrypt("a: 1\n---\nb: 2\n", { recipients: [recipient] });
    const put = (value: number) => edit(base, (_, documents) => documents[1]?.set(["b"], value), options);
    const { text, conflicts } = await mergeEncrypted({ base, ours: await put(3), theirs: await put(4) }, options);
    expect(conflicts.map(({ path }) => path)).toEqual(["document 2, b"]);
    const resolved = await resolveMerge(text, ({ path }) => (path === "document 2, b" ? "theirs" : "ours"), options);
    expect((await decrypt(resolved, options)).documents).toEqual([{ a: 1 }, { b: 4 }]);
  });

  test("lists: changes of different elements merge, insertions at the same place conflict", async () => {
    const base = await encrypt({ list: ["a", "b", "c"] }, { recipients: [recipient] });
    const put = (list: string[]) => edit(base, (doc) => doc.set(["list"], list), options);
    const clean = await mergeEncrypted(
      { base, ours: await put(["A", "b", "c"]), theirs: await put(["a", "c", "d"]) },
      options,
    );
    expect(clean.conflicts).toEqual([]);
    expect((await decrypt(clean.text, options)).data).toEqual({ list: ["A", "c", "d"] });
    const both = await mergeEncrypted(
      { base, ours: await put(["a", "b", "c", "x"]), theirs: await put(["a", "b", "c", "y"]) },
      options,
    );
    expect(both.conflicts.map(({ path }) => path)).toEqual(["list[3]"]);
    expect((await decrypt(await resolveMerge(both.text, "theirs", options), options)).data).toEqual({
      list: ["a", "b", "c", "y"],
    });
  });
});

test("a tampered side is refused, and so is a resolved block that was edited by hand", async () => {
  const options = { identities };
  const base = await encrypt("a: 1\nb_unencrypted: 2\n", { recipients: [recipient] });
  const ours = await edit(base, (doc) => doc.set(["a"], 2), options);
  const theirs = await edit(base, (doc) => doc.set(["a"], 3), options);
  const forged = theirs.replace("b_unencrypted: 2", "b_unencrypted: 666");
  await expect(mergeEncrypted({ base, ours, theirs: forged }, options)).rejects.toMatchObject({ code: "mac-mismatch" });
  const { text } = await mergeEncrypted({ base, ours, theirs }, options);
  const edited = text.replace("b_unencrypted: 2", "b_unencrypted: 5");
  await expect(resolveMerge(edited, "ours", options)).rejects.toMatchObject({ code: "mac-mismatch" });
  const resolved = await resolveMerge(edited, "ours", { ...options, ignoreMac: true });
  expect((await decrypt(resolved, options)).data).toEqual({ a: 2, b_unencrypted: 5 });
});

test("a base that git merged from several, with conflicts of its own, still tells who changed what", async () => {
  const first = await encrypt({ a: "1", b: "1" }, { recipients: [recipient] });
  const put = (key: string, value: string, text = first) => edit(text, (doc) => doc.set([key], value), { identities });
  const common = await mergeEncrypted(
    { base: first, ours: await put("a", "2"), theirs: await put("a", "3") },
    { identities, markerSize: 9 },
  );
  expect(common.text).toContain("<<<<<<<<< ours\n");
  const [ours, theirs] = [await put("a", "4"), await put("b", "5", await put("a", "2"))];
  const { text, conflicts } = await mergeEncrypted({ base: common.text, ours, theirs }, { identities });
  expect(conflicts).toEqual([]);
  expect((await decrypt(text, { identities })).data).toEqual({ a: "4", b: "5" });
});

test("JSON on one line, and YAML with carriage returns", async () => {
  const cases = [
    ["json", '{"a":"1","b":"2"}', '{"a":"x","b":"y"}'],
    ["yaml", "a: '1'\r\nb: '2'\r\n", undefined],
  ] as const;
  for (const [format, plain, shown] of cases) {
    const options = { identities, format };
    const base = await encrypt(plain, { recipients: [recipient], format });
    const put = (key: string, value: string) => edit(base, (doc) => doc.set([key], value), options);
    const { text } = await mergeEncrypted({ base, ours: await put("a", "x"), theirs: await put("b", "y") }, options);
    const merged = await decrypt(text, options);
    expect(merged.data).toEqual({ a: "x", b: "y" });
    if (shown !== undefined) expect(merged.text).toBe(shown);
    const conflict = await mergeEncrypted({ base, ours: await put("a", "x"), theirs: await put("a", "y") }, options);
    for (const [side, a] of [
      ["ours", "x"],
      ["theirs", "y"],
    ] as const) {
      const resolved = await resolveMerge(conflict.text, side, options);
      expect((await decrypt(resolved, options)).data).toEqual({ a, b: "2" });
    }
  }
});

test("a key that occurs twice is not guessed about", async () => {
  const options = { identities, format: "dotenv" as const };
  const base = await encrypt("a=1\na=2\nb=1\n", { recipients: [recipient], format: "dotenv" });
  const one = await edit(base, (doc) => doc.set(["b"], "2"), options).catch(() => base.replace("b=", "c="));
  const failure = mergeEncrypted(
    { base, ours: one, theirs: base.replace(/^b=.*\n/m, "") },
    { ...options, ignoreMac: true },
  );
  await expect(failure).rejects.toMatchObject({ code: "merge-conflict", path: "a" });
});

test("an unresolved file says so wherever it is read", async () => {
  const options = { identities };
  const base = await encrypt({ a: "1" }, { recipients: [recipient] });
  const put = (value: string) => edit(base, (doc) => doc.set(["a"], value), options);
  const { text } = await mergeEncrypted({ base, ours: await put("2"), theirs: await put("3") }, options);
  const failure = await edit(text, () => undefined, options).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SopsError);
  expect(failure).toMatchObject({ code: "unresolved-merge", line: 1 });
  expect(String(failure)).toContain("idstack secrets resolve");
});
