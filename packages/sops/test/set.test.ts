import { describe, expect, test } from "vitest";
import { decrypt, encrypt, extract, generateIdentity, type SopsFormat, set, unset } from "../src/index.ts";

const { identity, recipient } = await generateIdentity();
const identities = [identity];

describe.each<[SopsFormat, object, (string | number)[]]>([
  ["yaml", { s: { a: ["1", "2"] } }, ["s", "a", 1]],
  ["json", { s: { a: ["1", "2"] } }, ["s", "a", 1]],
  ["dotenv", { a: "1", b: "2" }, ["b"]],
  ["ini", { s: { a: "1", b: "2" } }, ["s", "b"]],
])("%s", (format, data, path) => {
  test("set, extract and unset one value", async () => {
    const options = { identities, format };
    const text = await encrypt(data, { recipients: [recipient], format });
    expect(await extract(text, path, options)).toBe("2");
    expect(await set(text, path, "2", options)).toBe(text);
    const after = await set(text, path, "three", options);
    expect(await extract(after, path, options)).toBe("three");
    const gone = await unset(after, path, options);
    await expect(extract(gone, path, options)).rejects.toMatchObject({ code: "path-not-found" });
    await expect(unset(gone, path, options)).rejects.toMatchObject({ code: "path-not-found" });
    expect(JSON.stringify((await decrypt(gone, options)).data)).not.toContain("three");
  });
});

test("the empty path is the whole document, and inherited names are not there", async () => {
  const text = await encrypt({ a: 1 }, { recipients: [recipient] });
  expect(await extract(text, [], { identities })).toEqual({ a: 1 });
  for (const path of [["toString"], ["a", "b"], [0]]) {
    await expect(extract(text, path, { identities })).rejects.toMatchObject({ code: "path-not-found" });
  }
});
