import { Decrypter, Encrypter, type Recipient, Stanza } from "age-encryption";
import { expect, test } from "vitest";
import { scryptIdentity } from "../../src/age/scrypt-identity.ts";

const file = async (passphrase: string, logN = 4): Promise<Uint8Array> => {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(logN);
  return encrypter.encrypt("hunter2");
};

const open = async (bytes: Uint8Array, passphrase: string): Promise<string> => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(scryptIdentity(passphrase));
  return decrypter.decrypt(bytes, "text");
};

test.each(["x", "correct horse", "pässwörd 🐴"])("opens what age-encryption wrote: %j", async (passphrase) => {
  expect(await open(await file(passphrase), passphrase)).toBe("hunter2");
  await expect(open(await file(passphrase), `${passphrase}x`)).rejects.toThrow();
});

test("the usual work factor", async () => {
  expect(await open(await file("correct horse", 16), "correct horse")).toBe("hunter2");
});

test.each([
  [
    "another stanza beside it",
    [new Stanza(["scrypt", "AAAAAAAAAAAAAAAAAAAAAA", "4"], new Uint8Array(32)), new Stanza(["x"], new Uint8Array(0))],
  ],
  ["a salt of another length", [new Stanza(["scrypt", "AAAA", "4"], new Uint8Array(32))]],
  ["a salt with padding", [new Stanza(["scrypt", "AAAAAAAAAAAAAAAAAAAAAA==", "4"], new Uint8Array(32))]],
  ["a salt whose last bits say nothing", [new Stanza(["scrypt", "AAAAAAAAAAAAAAAAAAAAAB", "4"], new Uint8Array(32))]],
  ["a work factor beyond all memory", [new Stanza(["scrypt", "AAAAAAAAAAAAAAAAAAAAAA", "23"], new Uint8Array(32))]],
  ["a work factor that is no number", [new Stanza(["scrypt", "AAAAAAAAAAAAAAAAAAAAAA", "04"], new Uint8Array(32))]],
  ["a body of another length", [new Stanza(["scrypt", "AAAAAAAAAAAAAAAAAAAAAA", "4"], new Uint8Array(31))]],
])("refuses %s", async (_, stanzas) => {
  await expect(scryptIdentity("x").unwrapFileKey(stanzas)).rejects.toThrow(/scrypt stanza/);
});

test("files for recipients are not its business", async () => {
  const recipient: Recipient = { wrapFileKey: () => [new Stanza(["other"], new Uint8Array(32))] };
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  await expect(open(await encrypter.encrypt("x"), "x")).rejects.toThrow();
  expect(await scryptIdentity("x").unwrapFileKey([])).toBeNull();
});
