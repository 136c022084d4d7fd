import { describe, expect, test } from "vitest";
import { decrypt, edit, readMetadata } from "../../src/index.ts";
import { VECTOR_KEY, vector, vectorNames } from "../helpers.ts";

const identities = [VECTOR_KEY];
const all = vectorNames("layouts");
const names = all.filter((name) => !name.endsWith(".set"));
/** Files sops 3.13.3 refuses: the time is no text, the MAC is missing. */
const REFUSED = ["3.11-bare-time.yaml", "3.11-no-mac.yaml"];
const editable = names.filter((name) => all.includes(`${name}.set`));

/** What differs at every save. */
const still = (text: string): string =>
  text.replace(/ENC\[AES256_GCM,[^\]]*\]/g, "ENC").replace(/(lastmodified"?\s*[:=] ?"?)[-0-9T:Z]*/g, "$1");
const block = (text: string): string => text.slice(text.search(/^(?:\t"sops"|sops:|sops_|\[sops\])/m));

function setUser(name: string, emit?: "sops"): Promise<string> {
  const format = name.endsWith(".env") ? "USER" : "user";
  const path = name.endsWith(".ini") ? ["s", "user"] : [format];
  const options = { identities, file: name, ...(emit === undefined ? {} : { emit }) };
  return edit(vector(`layouts/${name}`), (doc) => doc.set(path, "changed"), options);
}

describe("metadata of every layout from 3.7 to 3.13", () => {
  test("sops 3.13.3 sets a value in all of them but two", () => {
    expect(names.filter((name) => !editable.includes(name) && !name.endsWith(".bin"))).toEqual(REFUSED);
  });

  test.each(names.filter((name) => name !== "3.11-no-mac.yaml"))("%s is read", async (name) => {
    const { text, macVerified } = await decrypt(vector(`layouts/${name}`), { identities, file: name });
    expect(macVerified).toBe(true);
    expect(text).toMatch(/web|any bytes/);
    expect(text).not.toMatch(/ENC\[|sops/);
  });

  test.each(editable)("%s is written in the layout of 3.13, and sops 3.13.3 writes the same", async (name) => {
    const theirs = vector(`layouts/${name}.set`);
    expect(still(await setUser(name, "sops"))).toBe(still(theirs));
    const text = await setUser(name);
    expect(still(block(text))).toBe(still(block(theirs)));
    expect((await decrypt(text, { identities, file: name })).text).toContain("changed");
  });

  test.each(editable.filter((name) => !name.endsWith(".ini")))(
    "%s keeps the bytes above its metadata",
    async (name) => {
      const before = vector(`layouts/${name}`);
      const line = /^.*\buser\b.*$/im;
      const values = (text: string) => text.slice(0, text.length - block(text).length).replace(line, "");
      expect(values(await setUser(name))).toBe(values(before));
    },
  );

  test.each(["3.13.yaml", "3.13.json"])("%s keeps all of its metadata but mac and lastmodified", async (name) => {
    const masked = (text: string) => block(text).replace(/((?:mac|lastmodified)"?: ).*/g, "$1");
    expect(masked(await setUser(name))).toBe(masked(vector(`layouts/${name}`)));
  });

  test("a bare time, which sops 3.13 refuses, and sops 3.12 wrote", async () => {
    const text = await setUser("3.11-bare-time.yaml");
    expect(text).toMatch(/^ {4}lastmodified: "\d{4}-/m);
    expect(block(text)).not.toMatch(/^ {4}age:[\s\S]*recipient[\s\S]*enc: \|/m);
  });

  test("without a MAC, nothing is taken on trust", async () => {
    const text = vector("layouts/3.11-no-mac.yaml");
    await expect(decrypt(text, { identities })).rejects.toMatchObject({ code: "missing-mac" });
    expect((await decrypt(text, { identities, ignoreMac: true })).data["user"]).toBe("web");
  });

  test("what fields mean in each of them", () => {
    const of = (name: string) => readMetadata(vector(`layouts/${name}`), { file: name });
    expect(of("3.11-pgp-and-kms.yaml").otherKeys).toEqual(["kms", "pgp"]);
    expect(of("3.7-null-lists.yaml").otherKeys).toEqual([]);
    expect(of("3.11-no-selection.yaml").selection).toEqual({});
    expect(of("3.11-mac-only-encrypted-false.yaml").macOnlyEncrypted).toBe(false);
    expect(of("3.11-one-key-group.yaml")).toMatchObject({ keyGroups: 1, shamirThreshold: undefined });
    expect(of("3.8-key-groups.yaml")).toMatchObject({ keyGroups: 2, shamirThreshold: 2 });
    expect(of("3.11-mixed.env").age).toEqual(of("3.11-mixed.env").groups[0]?.age);
  });
});
