import { createHmac, generateKeyPairSync, randomBytes, timingSafeEqual } from "node:crypto";
import { base64, derive, openChaCha, sealChaCha, TAG, unbase64, ZERO_NONCE } from "./primitives.ts";
import { exchange, rawPublicKey, type X25519Identity } from "./x25519-key.ts";

const FILE_KEY = 16;
const NONCE = 16;
/** What one chunk holds; a data key is far below. */
const CHUNK = 64 * 1024;
/** Number and flag of the first chunk when it is the last. */
const ONLY_CHUNK = Buffer.concat([Buffer.alloc(11), Buffer.of(1)]);
const NO_SALT = Buffer.alloc(0);
const LABEL = "age-encryption.org/v1/X25519";
const BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----\n";
const END = "-----END AGE ENCRYPTED FILE-----\n";
const HEADER =
  /^(age-encryption\.org\/v1\n-> X25519 ([A-Za-z0-9+/]{43})\n([A-Za-z0-9+/]{43})\n---) ([A-Za-z0-9+/]{43})\n/;

/**
 * Opens an armored age file that has one X25519 stanza and one chunk, which is what sops and this package wrap data keys
 * into, by node:crypto: a tenth of the time age-encryption takes.
 *
 * @returns Null when the identity does not open it. Undefined when the file has another form: it may be valid all the same,
 * which age-encryption decides. Everything here is canonical, or that form is another one.
 */
export function openX25519File(armored: string, identity: X25519Identity): Buffer | null | undefined {
  const bytes = unarmor(armored);
  const header = bytes && HEADER.exec(bytes.toString("latin1", 0, 200));
  if (bytes === undefined || !header) return undefined;
  const [whole, signed = "", shareText = "", bodyText = "", macText = ""] = header;
  const payload = bytes.subarray(whole.length);
  const [share, body, mac] = [unbase64(shareText), unbase64(bodyText), unbase64(macText)];
  if (share === undefined || body === undefined || mac === undefined) return undefined;
  if (payload.length < NONCE + TAG || payload.length > NONCE + CHUNK + TAG) return undefined;
  const secret = exchange(identity.privateKey, share);
  if (secret === undefined) return null;
  const fileKey = openChaCha(derive(secret, Buffer.concat([share, identity.publicBytes]), LABEL), ZERO_NONCE, body);
  if (fileKey === undefined || !timingSafeEqual(headerMac(fileKey, signed), mac)) return null;
  const key = derive(fileKey, payload.subarray(0, NONCE), "payload");
  return openChaCha(key, ONLY_CHUNK, payload.subarray(NONCE)) ?? null;
}

/** The armored age file of a short secret for one X25519 recipient. */
export function sealX25519File(secret: Uint8Array, recipient: Uint8Array): string | undefined {
  if (secret.length > CHUNK) throw new RangeError("only short secrets fit into one chunk");
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  const share = rawPublicKey(publicKey);
  const shared = exchange(privateKey, recipient);
  if (shared === undefined) return undefined;
  const fileKey = randomBytes(FILE_KEY);
  const body = sealChaCha(derive(shared, Buffer.concat([share, recipient]), LABEL), ZERO_NONCE, fileKey);
  const signed = `age-encryption.org/v1\n-> X25519 ${base64(share)}\n${base64(body)}\n---`;
  const header = `${signed} ${base64(headerMac(fileKey, signed))}\n`;
  const nonce = randomBytes(NONCE);
  const payload = sealChaCha(derive(fileKey, nonce, "payload"), ONLY_CHUNK, secret);
  return armor(Buffer.concat([Buffer.from(header, "latin1"), nonce, payload]));
}

function headerMac(fileKey: Uint8Array, signed: string): Buffer {
  return createHmac("sha256", derive(fileKey, NO_SALT, "header"))
    .update(signed, "latin1")
    .digest();
}

function armor(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `${BEGIN}${lines.join("\n")}\n${END}`;
}

/** Only what `armor` would write again. */
function unarmor(text: string): Buffer | undefined {
  const whole = text.endsWith("\n") ? text : `${text}\n`;
  if (!whole.startsWith(BEGIN) || !whole.endsWith(END)) return undefined;
  const bytes = Buffer.from(whole.slice(BEGIN.length, -END.length), "base64");
  return armor(bytes) === whole ? bytes : undefined;
}
