import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  decrypt,
  encrypt,
  fileStatus,
  generateIdentity,
  openText,
  printDecrypted,
  readMetadata,
  reformat,
  replaceFile,
  type SopsFormat,
  setJson,
} from "../src/index.ts";
import { temporaryFolder } from "./helpers.ts";

const { identity, recipient } = await generateIdentity();
const keys = { identities: [identity] };
const yaml = await encrypt("# top\na: 1\nb:\n  c: [x, 2024-01-02]\n  d: 'q'\n", { recipients: [recipient] });

const printed = async (options: object, text = yaml): Promise<string> =>
  Buffer.from(await printDecrypted(text, { ...keys, ...options })).toString();

describe("printDecrypted", () => {
  it.each<[SopsFormat | undefined, number | undefined, string]>([
    [undefined, undefined, "# top\na: 1\nb:\n    c:\n        - x\n        - 2024-01-02T00:00:00Z\n    d: q\n"],
    ["yaml", 2, "# top\na: 1\nb:\n  c:\n    - x\n    - 2024-01-02T00:00:00Z\n  d: q\n"],
    ["json", 0, '{\n"a": 1,\n"b": {\n"c": [\n"x",\n"2024-01-02T00:00:00Z"\n],\n"d": "q"\n}\n}\n'],
  ])("as %s with an indentation of %s", async (outputFormat, indent, text) => {
    expect(await printed({ outputFormat, indent })).toBe(text);
  });

  it("prints one value: strings bare, the rest in the output format", async () => {
    expect(await printed({ path: ["b", "d"] })).toBe("q");
    expect(await printed({ path: ["a"] })).toBe("1\n");
    expect(await printed({ path: ["a"], outputFormat: "json" })).toBe("1");
    expect(await printed({ path: ["b", "c"] })).toBe("- x\n- 2024-01-02T00:00:00Z\n");
    expect(await printed({ path: ["b"], outputFormat: "json", indent: 1 })).toMatch(/^\{\n "c": \[\n {2}"x"/);
    await expect(printed({ path: ["b", "x"] })).rejects.toMatchObject({ code: "path-not-found", path: "b.x" });
  });

  it("prints binary files as bytes, and nothing else as binary", async () => {
    const bytes = Uint8Array.of(0, 255, 10);
    const text = await encrypt(bytes, { format: "binary", recipients: [recipient] });
    expect(await printDecrypted(text, { ...keys, format: "binary" })).toEqual(Buffer.from(bytes));
    expect(await printDecrypted(text, { ...keys, format: "binary", path: ["data"] })).toEqual(Buffer.from(bytes));
    expect(await printed({ format: "binary", outputFormat: "json" }, text)).toBe(
      '{\n\t"data": "\\u0000\ufffd\\n"\n}\n',
    );
    const hello = await encrypt("hello\n", { format: "binary", recipients: [recipient] });
    expect(await printed({ format: "binary", outputFormat: "json" }, hello)).toBe('{\n\t"data": "hello\\n"\n}\n');
    await expect(printed({ outputFormat: "binary" })).rejects.toMatchObject({ code: "unsupported-value" });
  });
});

it("reformat keeps every value, and needs no key", async () => {
  const json = reformat(yaml, { outputFormat: "json", indent: 2 });
  expect(json).toMatch(/^\{\n {2}"a": "ENC\[/);
  const { data } = await decrypt(json, { ...keys, format: "json" });
  expect(data).toEqual((await decrypt(yaml, keys)).data);
  const flat = await encrypt({ a: "1" }, { recipients: [recipient] });
  expect((await decrypt(reformat(flat, { outputFormat: "dotenv" }), { ...keys, format: "dotenv" })).text).toBe("a=1\n");
});

it("fileStatus tells encrypted files from plain ones, and from files that are neither", () => {
  expect(fileStatus(yaml)).toEqual({ encrypted: true });
  expect(fileStatus("a: 1\n")).toEqual({ encrypted: false });
  expect(fileStatus(yaml.replace(/^ +mac: .*\n/m, ""))).toEqual({ encrypted: false });
  expect(fileStatus(yaml.replace(/^ +version: .*\n/m, ""))).toEqual({ encrypted: false });
  expect(fileStatus("1: a\n")).toEqual({ encrypted: false });
  expect(() => fileStatus("a: [\n")).toThrow(expect.objectContaining({ code: "invalid-yaml" }));
});

describe("setJson", () => {
  it.each<[readonly (string | number)[], string, unknown]>([
    [["n"], "5", 5],
    [["n"], '{"z":1,"2":[],"1":9007199254740993}', { z: 1, 2: [], 1: 9007199254740993n }],
    [["a", "q", 3], "null", { q: [null] }],
    [["b", "c", 99], '"end"', ["x", new Date("2024-01-02"), "end"]],
  ])("%j to %s", async (path, json, expected) => {
    const { data } = await decrypt(await setJson(yaml, path, json, keys), keys);
    const [head = ""] = path;
    expect(path[0] === "b" ? (data["b"] as Record<string, unknown>)["c"] : data[head]).toEqual(expected);
  });

  it("changes one line, and none for an equal value", async () => {
    const after = await setJson(yaml, ["b", "d"], '"new"', keys);
    const changed = yaml.split("\n").filter((line, index) => line !== after.split("\n")[index]);
    expect(changed.filter((line) => !/^ {4}(?:mac|lastmodified): /.test(line))).toHaveLength(1);
    expect(await setJson(yaml, ["b", "d"], '"q"', keys)).toBe(yaml);
  });

  it.each(["", "x", "1 2", '1,"y":2', "1}", '"s3cret'])("refuses %j without quoting it", async (json) => {
    const error = await setJson(yaml, ["n"], json, keys).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "invalid-json", message: "the value is not JSON" });
  });
});

describe("openText", () => {
  it("keeps the bytes of what did not change", async () => {
    const open = await openText(yaml, keys);
    expect(Buffer.from(open.bytes).toString()).toBe((await decrypt(yaml, keys)).text);
    const after = open.encrypt(Buffer.from(Buffer.from(open.bytes).toString().replace("d: q", "d: new")));
    expect((await decrypt(after, keys)).data).toMatchObject({ b: { d: "new" } });
    expect(after.split("\n")[1]).toBe(yaml.split("\n")[1]);
    expect(readMetadata(after).age).toEqual(readMetadata(yaml).age);
  });

  it("throws for what cannot be encrypted, and goes on", async () => {
    const open = await openText(yaml, keys);
    expect(() => open.encrypt(Buffer.from("a: [\n"))).toThrow(expect.objectContaining({ code: "invalid-yaml" }));
    expect(() => open.encrypt(Buffer.from("sops: 1\n"))).toThrow(expect.objectContaining({ code: "reserved-key" }));
    expect((await decrypt(open.encrypt(Buffer.from("z: 1\n")), keys)).data).toEqual({ z: 1 });
  });

  it("keeps key groups, and opens binary files", async () => {
    const [first, second] = [await generateIdentity(), await generateIdentity()];
    const recipients = [first.recipient, second.recipient];
    const both = { identities: [first.identity, second.identity] };
    for (const format of ["yaml", "binary"] as const) {
      const text = await encrypt(format === "yaml" ? "a: 1\n" : Buffer.from("a: 1\n"), {
        recipients,
        keyGroups: recipients.map((one) => [one]),
        format,
      });
      const after = (await openText(text, { ...both, format })).encrypt(Buffer.from("a: 2\n"));
      expect(readMetadata(after, { format }).groups).toEqual(readMetadata(text, { format }).groups);
      expect((await decrypt(after, { ...both, format })).text).toBe("a: 2\n");
    }
  });
});

it("replaceFile gives new files the mode it is told, and keeps that of others", async () => {
  const path = join(temporaryFolder(), "plain");
  await replaceFile(path, Uint8Array.of(0, 255), { mode: 0o600 });
  expect(readFileSync(path)).toEqual(Buffer.of(0, 255));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  chmodSync(path, 0o640);
  await replaceFile(path, "x", { mode: 0o600, expected: Uint8Array.of(0, 255) });
  expect(statSync(path).mode & 0o777).toBe(0o640);
  await expect(replaceFile(path, "y", { expected: "z" })).rejects.toMatchObject({ code: "file-changed" });
});
