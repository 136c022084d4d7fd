import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  decrypt,
  decryptFile,
  editFile,
  encrypt,
  encryptFile,
  generateIdentity,
  writeEncrypted,
} from "../src/index.ts";
import { temporaryFolder } from "./helpers.ts";

const key = await generateIdentity();
const options = { recipients: [key.recipient], identities: [key.identity] };
const { identities } = options;

describe("files", () => {
  test("encryptFile follows the creation rule above the file and keeps its mode", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "secrets"));
    writeFileSync(
      join(folder, ".sops.yaml"),
      `creation_rules:\n  - path_regex: ^secrets/\n    encrypted_regex: ^data$\n    age: ${key.recipient}\n`,
    );
    const path = join(folder, "secrets", "db.yaml");
    writeFileSync(path, "name: db\ndata: hidden\n");
    chmodSync(path, 0o640);
    await encryptFile(path);
    expect(readFileSync(path, "utf8")).toMatch(/^name: db\ndata: ENC/);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect((await decryptFile(path, { identities })).data).toEqual({ name: "db", data: "hidden" });
    await expect(encryptFile(path)).rejects.toMatchObject({ code: "already-encrypted", file: path });
    writeFileSync(join(folder, "other.yaml"), "a: 1\n");
    await expect(encryptFile(join(folder, "other.yaml"))).rejects.toMatchObject({ code: "no-matching-creation-rule" });
    await encryptFile(join(folder, "other.yaml"), { output: join(folder, "secrets", "o.yaml"), encryptedSuffix: "a" });
    expect(readFileSync(join(folder, "secrets", "o.yaml"), "utf8")).toContain("encrypted_suffix: a");
    expect(readFileSync(join(folder, "other.yaml"), "utf8")).toBe("a: 1\n");
  });

  test("writeEncrypted leaves a file with the same values alone, and keeps its layout when they differ", async () => {
    const path = join(temporaryFolder(), "s.yaml");
    expect(await writeEncrypted(path, { a: "1", b: "2" }, options)).toBe(true);
    const { ino } = statSync(path);
    expect(await writeEncrypted(path, { a: "1", b: "2" }, options)).toBe(false);
    expect(statSync(path).ino).toBe(ino);
    writeFileSync(path, await encrypt("a: '1' # why\n\nb: '2'\n", options));
    expect(await writeEncrypted(path, { a: "1", b: "3" }, options)).toBe(true);
    const second = readFileSync(path, "utf8");
    expect((await decrypt(second, options)).text).toMatch(/^a: .1. # why\n\nb: .3.\n$/);
    expect(await writeEncrypted(path, { a: "1", b: "3" }, { ...options, keepUnchanged: false })).toBe(true);
    expect(readFileSync(path, "utf8").split("\n")[0]).not.toBe(second.split("\n")[0]);
    expect(readdirSync(join(path, ".."))).toEqual(["s.yaml"]);
  });

  test("editFile writes atomically through a symbolic link, or not at all", async () => {
    const folder = temporaryFolder();
    const [path, link] = [join(folder, "s.yaml"), join(folder, "link.yaml")];
    await writeEncrypted(path, { a: "1" }, options);
    symlinkSync(path, link);
    expect(await editFile(link, (doc) => doc.set(["a"], "2"), { identities })).toBe(true);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect((await decryptFile(path, { identities })).data).toEqual({ a: "2" });
    const before = readFileSync(path, "utf8");
    expect(await editFile(path, (doc) => doc.set(["a"], "2"), { identities })).toBe(false);
    await expect(editFile(path, (doc) => doc.delete(["absent"]), { identities })).rejects.toMatchObject({
      code: "path-not-found",
    });
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  test("a file someone else changed meanwhile is not overwritten", async () => {
    const path = join(temporaryFolder(), "s.yaml");
    await writeEncrypted(path, { a: "1" }, options);
    const edit = editFile(
      path,
      (doc) => {
        writeFileSync(path, "theirs: 1\n");
        doc.set(["a"], "2");
      },
      { identities },
    );
    await expect(edit).rejects.toMatchObject({ code: "file-changed", file: path });
    expect(readFileSync(path, "utf8")).toBe("theirs: 1\n");
    expect(readdirSync(join(path, ".."))).toEqual(["s.yaml"]);
  });

  test("errors name the file", async () => {
    const folder = temporaryFolder();
    await expect(decryptFile(join(folder, "absent.yaml"))).rejects.toMatchObject({
      code: "read-failed",
      file: join(folder, "absent.yaml"),
    });
    await expect(decryptFile(folder)).rejects.toMatchObject({ code: "read-failed" });
    await expect(writeEncrypted(join(folder, "no", "folder.yaml"), { a: 1 }, options)).rejects.toMatchObject({
      code: "write-failed",
    });
    writeFileSync(join(folder, "x.yaml"), "a: 1\n");
    await expect(decryptFile(join(folder, "x.yaml"))).rejects.toMatchObject({ code: "not-encrypted" });
  });
});
