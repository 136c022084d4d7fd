import type { Identity } from "age-encryption";
import { decodeArmor } from "./armor.ts";
import { type PluginOptions, pluginIdentity, pluginName } from "./plugin.ts";
import { scryptIdentity } from "./scrypt-identity.ts";
import { isProtectedSshKey, parseSshPrivateKey, sshRecipient } from "./ssh-key.ts";
import { sshStanzaIdentity } from "./ssh-stanzas.ts";
import { importX25519Identity, type X25519Identity } from "./x25519-key.ts";

/** An identity that is ready to use. */
export interface OpenIdentity {
  /** Its public half, for messages and to try the right entry first; a plugin keeps its own to itself. */
  readonly recipient: string | undefined;
  readonly identity: string | Identity;
  /** The same, imported for node:crypto, when it is of this kind. */
  readonly x25519?: X25519Identity | undefined;
}

export interface ParsedIdentities {
  readonly identities: readonly OpenIdentity[];
  /** Reasons name the kind of a line, never its text. */
  readonly problems: readonly string[];
}

const NATIVE = /^AGE-SECRET-KEY-(?:1|PQ-1)[A-Z0-9]+$/;
const AGE_FILE = /^(?:-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/)/;

/** Reads an identity file: age and plugin identities, an ssh private key, or either in an age file with a passphrase. */
export async function parseIdentities(
  source: string,
  bytes: Uint8Array | string,
  options: PluginOptions,
): Promise<ParsedIdentities> {
  const text = typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8");
  if (AGE_FILE.test(text.trimStart())) return protectedFile(source, bytes, text, options);
  if (text.trimStart().startsWith("-----BEGIN ")) return sshKey(source, text, options);
  const identities: OpenIdentity[] = [];
  const problems = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    for (const word of line.trim().split(/\s+/)) {
      const parsed = await oneIdentity(word, options);
      if (typeof parsed === "string") problems.add(parsed);
      else identities.push(parsed);
    }
  }
  return { identities, problems: [...problems] };
}

async function oneIdentity(word: string, options: PluginOptions): Promise<OpenIdentity | string> {
  if (word.startsWith("AGE-PLUGIN-")) {
    if (pluginName(word) === undefined) return "a plugin identity has a wrong checksum";
    return { recipient: undefined, identity: pluginIdentity(word, options) };
  }
  if (!NATIVE.test(word)) return "a line is no age identity";
  const x25519 = importX25519Identity(word);
  if (x25519 !== undefined) return { recipient: x25519.recipient, identity: word, x25519 };
  // X25519 is all that most files need: age-encryption takes longer to load than all the rest.
  const { identityToRecipient } = await import("age-encryption");
  try {
    return { recipient: await identityToRecipient(word), identity: word };
  } catch {
    return "an identity has a wrong checksum or length";
  }
}

async function sshKey(source: string, text: string, options: PluginOptions): Promise<ParsedIdentities> {
  let passphrase: string | undefined;
  if (isProtectedSshKey(text)) {
    // Outside the try: what a callback throws is its caller's.
    passphrase = await options.passphrase?.(source);
    if (passphrase === undefined) return refused("is protected by a passphrase, and none was given");
  }
  try {
    const key = parseSshPrivateKey(text, passphrase);
    return { identities: [{ recipient: sshRecipient(key), identity: sshStanzaIdentity(key) }], problems: [] };
  } catch (error) {
    // Only our own reasons are known to quote nothing.
    return refused(
      error instanceof TypeError && /^(?:is|holds) /.test(error.message) ? error.message : "is a damaged ssh key",
    );
  }
}

async function protectedFile(
  source: string,
  bytes: Uint8Array | string,
  text: string,
  options: PluginOptions,
): Promise<ParsedIdentities> {
  const passphrase = await options.passphrase?.(source);
  if (passphrase === undefined) return refused("is protected by a passphrase, and none was given");
  let inner: string;
  const { Decrypter } = await import("age-encryption");
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(scryptIdentity(passphrase));
    const file = text.trimStart().startsWith("-----") ? await decodeArmor(text) : Buffer.from(bytes);
    inner = await decrypter.decrypt(file, "text");
  } catch {
    return refused("is not opened by the passphrase");
  }
  // One layer only: a file in a file could go on for ever.
  if (AGE_FILE.test(inner.trimStart())) return refused("is an age file in an age file");
  return parseIdentities(source, inner, options);
}

function refused(problem: string): ParsedIdentities {
  return { identities: [], problems: [problem] };
}
