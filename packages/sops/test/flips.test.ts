import { describe, expect, test } from "vitest";
import {
  type Decrypted,
  decrypt,
  encrypt,
  generateIdentity,
  openKeyRing,
  SopsError,
  type SopsFormat,
} from "../src/index.ts";
import { parseEncrypted } from "../src/internal/encrypted-file.ts";
import { isEnvelope } from "../src/internal/envelope.ts";
import { type CommentItem, type ElementItem, type EntryItem, type Span, walkTree } from "../src/internal/tree.ts";
import { FLIP_SAMPLES } from "./flip-samples.ts";
import { VECTOR_KEY, vector } from "./helpers.ts";

/** Every bit of three of each byte in the long run; one bit of every so-manieth byte otherwise. */
const LONG = process.env["IDSTACK_LONG"] === "1";

/** Where a byte may change unnoticed. Whatever is not here is refused, wherever in the file it stands. */
const LISTED: Readonly<Record<string, string>> = {
  layout: "white space, quotes, the marks between values",
  comment: "comments are outside the MAC; an encrypted one that does not open any more stays as it is",
  "encrypted value": "another spelling of the same bytes: base64 has bits that stand for nothing",
  "plain key": "the name of a key above plain values only",
  null: "a null is no value to sops: it may be spelled in another way",
  "plain value": "another spelling, or another type, of the same value",
  "metadata recipient": "a label: the wrapped key says itself for whom it is",
  "metadata version": "of the program that wrote the file",
  "metadata name": "of a field whose default means the same, or that then is unknown",
  "metadata value": "of a field that is told by another, or is not used to open the file",
  "wrapped key": "line breaks and padding of its armor, and the bytes of a key that another one stands in for",
};

const { identity, recipient } = await generateIdentity();
const keyRing = openKeyRing({ identities: [identity, VECTOR_KEY] });

const samples: [string, SopsFormat, Buffer][] = [];
for (const [format, extension, plain] of FLIP_SAMPLES) {
  for (const emit of ["sops", "source"] as const) {
    const text = await encrypt(plain, { recipients: [recipient], format, emit });
    samples.push([
      `${extension}, ${emit === "sops" ? "as sops writes it" : "in its own layout"}`,
      format,
      Buffer.from(text),
    ]);
  }
}
for (const name of ["3.7.yaml", "3.7.json", "3.7.env", "3.7.ini", "3.7.bin"]) {
  const format = FLIP_SAMPLES.find(([, extension]) => name.endsWith(extension))?.[0] ?? "yaml";
  samples.push([`metadata of ${name}`, format, Buffer.from(vector(`layouts/${name}`))]);
}

describe("a changed byte is refused, or belongs to a listed class and changes no encrypted value", () => {
  test.each(samples)("%s", { timeout: 3_600_000 }, async (_name, format, bytes) => {
    const whole = await decrypt(bytes, { keyRing, format });
    const secrets = secretsOf(bytes, format, whole);
    const classOf = classes(bytes, format);
    const accepted: Record<string, number> = {};
    let refused = 0;
    const step = LONG ? 1 : Math.max(1, Math.floor(bytes.length / 250));
    for (let at = 0; at < bytes.length; at += step) {
      for (const bit of LONG ? [at % 8, (at + 3) % 8, (at + 6) % 8] : [at % 8]) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        const result = await attempt(flipped, format);
        if (result === undefined) {
          refused += 1;
          continue;
        }
        const kind = classOf(at);
        accepted[kind] = (accepted[kind] ?? 0) + 1;
        expect(secretsOf(bytes, format, result), `bit ${bit} of byte ${at}, ${kind}`).toEqual(secrets);
      }
    }
    expect(Object.keys(accepted).filter((kind) => LISTED[kind] === undefined)).toEqual([]);
    expect(refused).toBeGreaterThan(0);
  });
});

async function attempt(bytes: Buffer, format: SopsFormat): Promise<Decrypted | undefined> {
  try {
    return await decrypt(bytes, { keyRing, format });
  } catch (error) {
    if (error instanceof SopsError) return undefined;
    throw error;
  }
}

/** The values of every leaf that is encrypted in the unchanged file, by its path. */
function secretsOf(bytes: Buffer, format: SopsFormat, { documents, bytes: plain }: Decrypted): unknown[] {
  if (format === "binary") return [Buffer.from(plain).toString("hex")];
  const found: unknown[] = [];
  const [document] = parseEncrypted(bytes.toString("utf8"), undefined, format).documents;
  if (document === undefined) throw new Error("no document");
  walkTree(document.root, {
    comment() {},
    leaf({ scalar }, { path }) {
      if (scalar.type !== "str" || !isEnvelope(scalar.value)) return;
      const at = (node: unknown, key: string | number) => (node as Record<string | number, unknown> | undefined)?.[key];
      found.push([path, path.reduce<unknown>(at, documents[0])]);
    },
  });
  return found;
}

/** What each byte of the unchanged file belongs to. */
function classes(bytes: Buffer, format: SopsFormat): (at: number) => string {
  const text = bytes.toString("latin1");
  const [document] = parseEncrypted(text, undefined, format).documents;
  if (document?.block === undefined) throw new Error("no metadata");
  const regions: [Span, string][] = [];
  const add = (span: Span | undefined, kind: string) => void (span !== undefined && regions.push([span, kind]));
  walkTree(document.root, {
    comment: ({ span }) => add(span, "comment"),
    leaf({ span, scalar }) {
      const sealed = scalar.type === "str" && isEnvelope(scalar.value);
      add(span, scalar.type === "null" ? "null" : sealed ? "encrypted value" : "plain value");
    },
  });
  const keys = (items: readonly (CommentItem | EntryItem | ElementItem)[]): void => {
    for (const item of items) {
      if (item.kind === "comment") continue;
      if (item.kind === "entry") add(item.keySpan, "plain key");
      if (item.value.kind !== "leaf") keys(item.value.items);
    }
  };
  keys(document.root.items);
  const from = text.search(/^(?:\s*"sops"|sops:|sops_|\[sops\])/m);
  return (at) => {
    if (at >= from) return metadataClass(text, at);
    return (
      regions.find(([span]) => at >= span.start && at < span.end)?.[1] ??
      (/^\s*[#;]/.test(lineOf(text, at)) ? "comment" : "layout")
    );
  };
}

function metadataClass(text: string, at: number): string {
  const line = lineOf(text, at);
  const column = at - text.lastIndexOf("\n", at - 1) - 1;
  if (/^\s+(?!- )[A-Za-z0-9+/=]{20,}$|-----/.test(line)) return "wrapped key";
  const colon = line.search(/[:=]/);
  if (colon === -1) return "layout";
  if (column <= colon) return "metadata name";
  if (/recipient/.test(line)) return "metadata recipient";
  return /version/.test(line) ? "metadata version" : "metadata value";
}

function lineOf(text: string, at: number): string {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  return text.slice(start, end === -1 ? undefined : end);
}
