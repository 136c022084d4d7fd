import { openKeyRing } from "../age/key-ring.ts";
import type { DecryptOptions } from "../decrypt.ts";
import { SopsError } from "../errors.ts";
import { unwrapDataKey } from "../internal/data-key.ts";
import { type DecryptedDocuments, decryptDocuments } from "../internal/decrypt-documents.ts";
import { type EncryptedFile, parseEncrypted } from "../internal/encrypted-file.ts";
import { EnvelopeError, open } from "../internal/envelope.ts";

/** A version of a file that is merged: parsed, decrypted, with its own data key. */
export interface Version {
  readonly source: EncryptedFile;
  readonly key: Uint8Array;
  readonly documents: DecryptedDocuments;
}

export interface Versions {
  /** Undefined when both sides added the file. */
  readonly base: Version | undefined;
  readonly ours: Version;
  readonly theirs: Version;
}

/** A version with its data key; binary files are not decrypted here. */
export interface Opened {
  readonly source: EncryptedFile;
  readonly key: Uint8Array;
}

/**
 * Opens the data keys of all versions. Most of the time it is the same one: then a single wrapped key is opened, which
 * asks for a passphrase or a touch once, and a version from before one became a recipient opens, too.
 */
export async function openKeys(texts: readonly string[], options: DecryptOptions): Promise<readonly Opened[]> {
  const keyRing = options.keyRing ?? openKeyRing(options);
  const sources = texts.map((text) => parseEncrypted(text, options.file, options.format));
  const keys: Uint8Array[] = [];
  let failure: unknown;
  for (const source of sources) {
    if (keys.some((key) => opensMac(source, key))) continue;
    try {
      keys.push(await unwrapDataKey(source.metadata, { ...options, keyRing }, options.file));
    } catch (error) {
      if (!(error instanceof SopsError) || error.code !== "no-identity-matches") throw error;
      failure ??= error;
    }
  }
  return await Promise.all(
    sources.map(async (source) => {
      const known = keys.find((key) => opensMac(source, key));
      if (known !== undefined) return { source, key: known };
      if (failure !== undefined) throw failure;
      return { source, key: await unwrapDataKey(source.metadata, { ...options, keyRing }, options.file) };
    }),
  );
}

/** Decrypts a version and verifies its MAC. */
export function decryptVersion({ source, key }: Opened, verifyMac: boolean): Version {
  return { source, key, documents: decryptDocuments(source, key, verifyMac) };
}

export function sameKey(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function opensMac({ metadata }: EncryptedFile, key: Uint8Array): boolean {
  if (metadata.mac === undefined) return false;
  try {
    open(metadata.mac, key, metadata.lastModified);
    return true;
  } catch (error) {
    if (error instanceof EnvelopeError) return false;
    throw error;
  }
}
