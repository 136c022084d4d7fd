import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  decrypt,
  decryptFile,
  edit,
  encrypt,
  encryptFile,
  encryptIfChanged,
  generateIdentity,
  readMetadata,
} from "../../src/index.ts";
import { noSops, sops, temporaryFolder } from "../helpers.ts";

const { identity, recipient } = await generateIdentity();
const recipients = [recipient];
const identities = [identity];
const format = "binary";
const ALL = Uint8Array.from({ length: 256 }, (_, index) => index);

describe("binary", () => {
  test("every byte comes back, and selection options are ignored", async () => {
    const text = await encrypt(ALL, { recipients, format, encryptedRegex: "^never$", macOnlyEncrypted: true });
    expect(text).toMatch(/^\{\n\t"data": "ENC\[AES256_GCM,/);
    expect(text).not.toContain("encrypted");
    const { bytes, macVerified } = await decrypt(text, { identities, format });
    expect([macVerified, Buffer.compare(bytes, ALL)]).toEqual([true, 0]);
    expect(readMetadata(text, { file: "key.pem" }).age).toHaveLength(1);
  });

  test("text, the empty file, and a change of each kind", async () => {
    const text = await encrypt("hidden\n", { recipients, format });
    expect((await decrypt(text, { identities, format })).text).toBe("hidden\n");
    expect((await decrypt(await encrypt("", { recipients, format }), { identities, format })).text).toBe("");
    const after = await edit(text, (doc) => doc.set(["data"], "other"), { identities, format });
    expect((await decrypt(after, { identities, format })).data).toEqual({ data: "other" });
    const options = { recipients, identities, format } as const;
    expect(await encryptIfChanged(text, "hidden\n", options)).toBe(text);
    expect(await encryptIfChanged(text, "changed\n", options)).not.toBe(text);
    const flipped = text.replace(/(?<=data:)./, (char) => (char === "A" ? "B" : "A"));
    await expect(decrypt(flipped, options)).rejects.toMatchObject({ code: "mac-mismatch", path: "data" });
    await expect(encrypt(text, options)).rejects.toMatchObject({ code: "already-encrypted" });
    await expect(encrypt({ a: 1 }, options)).rejects.toMatchObject({ code: "unsupported-value" });
  });

  test("files larger than the pieces they are worked on in", async () => {
    for (const size of [(3 << 18) - 1, 3 << 18, (3 << 18) + 1, (9 << 18) + 2]) {
      const bytes = new Uint8Array(size).fill(7);
      const text = await encrypt(bytes, { recipients, format });
      const back = await decrypt(text, { identities, format });
      expect(Buffer.compare(back.bytes, bytes)).toBe(0);
      for (const wrong of ["\n", "-", "="]) {
        const broken = text.slice(0, 800_000) + wrong + text.slice(800_001);
        await expect(decrypt(broken, { identities, format })).rejects.toMatchObject({ code: "mac-mismatch" });
      }
    }
  });

  test("padding in the midst of the data, which Go's decoder refuses, even where a piece ends", async () => {
    const text = await encrypt(new Uint8Array(3 << 19).fill(7), { recipients, format });
    const padded = text.replace(/(?<=ENC\[AES256_GCM,data:)[^,]+/, (data) => {
      const bytes = Buffer.from(data, "base64");
      const piece = (3 << 18) - 1;
      return bytes.subarray(0, piece).toString("base64") + bytes.subarray(piece).toString("base64");
    });
    expect(padded.indexOf("=")).toBe(padded.indexOf("data:") + 5 + (4 << 18) - 1);
    const failure = decrypt(padded, { identities, format });
    await expect(failure).rejects.toMatchObject({ code: "mac-mismatch" });
  });

  test("files of unknown extensions are binary", async () => {
    const path = join(temporaryFolder(), "key.p12");
    writeFileSync(path, ALL);
    await encryptFile(path, { recipients });
    expect(readFileSync(path, "utf8")).toContain('"sops": {');
    expect(statSync(path).size).toBeGreaterThan(256);
    expect(Buffer.compare((await decryptFile(path, { identities })).bytes, ALL)).toBe(0);
  });

  test.skipIf(noSops !== undefined)("sops 3.12.2 reads ours, and we read what it writes", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.bin"), await encrypt("text\u00e9\n", { recipients, format }));
    expect(sops(["decrypt", "a.bin"], identity, folder).stdout).toBe("text\u00e9\n");
    writeFileSync(join(folder, "b.bin"), ALL);
    const { stdout } = sops(["encrypt", "--age", recipient, "b.bin"], identity, folder);
    expect(Buffer.compare((await decrypt(stdout, { identities, format })).bytes, ALL)).toBe(0);
  });
});
