import { randomBytes } from "node:crypto";
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { openX25519File, sealX25519File } from "../../src/age/x25519-file.ts";
import { importX25519Identity, x25519Recipient } from "../../src/age/x25519-key.ts";
import { type Forgery, forge, loose, nopad } from "./forge.ts";

const RUNS = process.env["IDSTACK_LONG"] === "1" ? 3000 : 100;
vi.setConfig({ testTimeout: 300_000 });
const word = await generateX25519Identity();
const recipient = await identityToRecipient(word);
const identity = imported(word);
const [stranger, other] = [await generateX25519Identity(), await generateX25519Identity()];

function imported(text: string) {
  const found = importX25519Identity(text);
  if (found === undefined) throw new TypeError("not imported");
  return found;
}

/** What age-encryption makes of a file: its content, or null. */
async function reference(text: string, key = word): Promise<Uint8Array | null> {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(key);
    return await decrypter.decrypt(armor.decode(text));
  } catch {
    return null;
  }
}

/** Native answers are those of age-encryption; where there is none, age-encryption is asked anyway. */
async function expectAlike(text: string, key = word): Promise<"opened" | "refused" | "left"> {
  const native = openX25519File(text, imported(key));
  if (native === undefined) return "left";
  const theirs = await reference(text, key);
  expect(native === null ? null : native.toString("hex")).toBe(theirs && Buffer.from(theirs).toString("hex"));
  return native === null ? "refused" : "opened";
}

async function theirFile(secret: Uint8Array, ...recipients: string[]): Promise<string> {
  const encrypter = new Encrypter();
  for (const one of recipients) encrypter.addRecipient(one);
  return armor.encode(await encrypter.encrypt(secret));
}

describe("what is sealed here and by age-encryption", () => {
  const secrets = fc.uint8Array({ minLength: 0, maxLength: 300 });
  test("opens in both", async () => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        const ours = sealX25519File(secret, identity.publicBytes) ?? "";
        expect(Buffer.from((await reference(ours)) ?? "none")).toEqual(Buffer.from(secret));
        expect(await expectAlike(ours)).toBe("opened");
        expect(await expectAlike(await theirFile(secret, recipient))).toBe("opened");
        expect(await expectAlike(ours, stranger)).toBe("refused");
      }),
      { numRuns: RUNS },
    );
  });

  test("with several recipients or chunks, or other line ends, it is left to age-encryption", async () => {
    const two = await theirFile(randomBytes(32), recipient, await identityToRecipient(other));
    const long = await theirFile(randomBytes(65_537), recipient);
    const one = await theirFile(randomBytes(32), recipient);
    for (const text of [two, long, one.replaceAll("\n", "\r\n"), ` ${one}`, `${one}\n`, ""]) {
      expect(await expectAlike(text)).toBe("left");
    }
    expect(await expectAlike(await theirFile(randomBytes(65_536), recipient))).toBe("opened");
    expect(await expectAlike(one.trimEnd())).toBe("opened");
  });
});

test("a changed byte or a cut opens nothing that age-encryption would not open", async () => {
  const whole = Buffer.from(armor.decode(await theirFile(randomBytes(32), recipient)));
  const seen = new Set<string>();
  for (let at = 0; at < whole.length; at += 1) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    seen.add(await expectAlike(armor.encode(flipped)));
    seen.add(await expectAlike(armor.encode(whole.subarray(0, at))));
  }
  expect([...seen].sort()).toEqual(["left", "refused"]);
});

test("a changed character of the armor, too", async () => {
  const text = await theirFile(randomBytes(32), recipient);
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(..."A/+=-_ \r\n\t"), async (at, char) => {
      await expectAlike(text.slice(0, at) + char + text.slice(at + 1));
      await expectAlike(text.slice(0, at) + char + text.slice(at));
      await expectAlike(text.slice(0, at) + text.slice(at + 1));
    }),
    { numRuns: RUNS * 2 },
  );
});

// RFC 7748 §7 and the points of order 2, 4 and 8, and their like above the prime.
const LOW_ORDER = [
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
];

describe("headers with a right MAC", () => {
  const grease = `-> grease x\n${nopad(randomBytes(20))}\n`;
  test.each<[string, Forgery, "opened" | "refused" | "left", boolean]>([
    ["as they are", {}, "opened", true],
    ["a stanza of another kind before", { before: grease }, "left", true],
    ["a stanza of another kind after", { after: grease }, "left", true],
    ["two arguments", { kind: "X25519 x" }, "left", false],
    ["another version", { version: "v2" }, "left", false],
    ["kind in other letters", { kind: "x25519" }, "left", false],
    ["a share of 31 bytes", { share: nopad(Buffer.alloc(31, 9)) }, "left", false],
    ["a share of 33 bytes", { share: nopad(Buffer.alloc(33, 9)) }, "left", false],
    ["a share with padding", { share: `${nopad(randomBytes(32))}=` }, "left", false],
    ["a body of 48 bytes", { fileKey: 32 }, "left", false],
    ["a body of 31 bytes", { fileKey: 15 }, "left", false],
    ["an empty body", { body: "" }, "left", false],
    ["a MAC of zeroes", { mac: () => nopad(Buffer.alloc(32)) }, "refused", false],
    ["half a MAC", { mac: (right) => nopad(right.subarray(0, 16)) }, "left", false],
    ["a MAC with loose bits", { mac: (right) => loose(nopad(right)) }, "left", false],
    ["a MAC with padding", { mac: (right) => `${nopad(right)}=` }, "left", false],
    ...LOW_ORDER.map((hex): [string, Forgery, "refused", false] => [
      `the point ${hex.slice(0, 6)}… of low order`,
      { point: Buffer.from(hex, "hex") },
      "refused",
      false,
    ]),
  ])("%s", async (_, forgery, outcome, valid) => {
    const text = forge(identity.publicBytes, forgery);
    expect(await expectAlike(text)).toBe(outcome);
    expect((await reference(text)) !== null).toBe(valid);
  });

  test("a share with loose bits", async () => {
    const text = forge(identity.publicBytes, { share: loose(nopad(randomBytes(32))) });
    expect([await expectAlike(text), await reference(text)]).toEqual(["left", null]);
  });
});

test("identities and recipients are those of age-encryption, and so are the damaged ones", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(80), fc.constantFrom("", ..."QPZRYqpbio1 "), async (at, char) => {
      const made = await generateX25519Identity();
      expect(imported(made).recipient).toBe(await identityToRecipient(made));
      expect(x25519Recipient(imported(made).recipient)).toEqual(imported(made).publicBytes);
      const changed = made.slice(0, at) + char + made.slice(at + 1);
      const theirs = await identityToRecipient(changed).catch(() => undefined);
      expect(importX25519Identity(changed)?.recipient).toBe(theirs);
      const wrong = imported(made).recipient.slice(0, at) + char.toLowerCase() + imported(made).recipient.slice(at + 1);
      expect(x25519Recipient(wrong) !== undefined).toBe(accepts(wrong));
    }),
    { numRuns: RUNS },
  );
});

test("nothing is sealed for a point of low order", () => {
  for (const hex of LOW_ORDER) expect(sealX25519File(randomBytes(32), Buffer.from(hex, "hex"))).toBeUndefined();
});

function accepts(recipient: string): boolean {
  try {
    new Encrypter().addRecipient(recipient);
    return true;
  } catch {
    return false;
  }
}
