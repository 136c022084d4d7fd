import { SopsError } from "../errors.ts";
import { checkDigest } from "../internal/decrypt-documents.ts";
import type { EncryptedFile } from "../internal/encrypted-file.ts";
import { EnvelopeError, openBytes, sealBytes } from "../internal/envelope.ts";
import { Mac } from "../internal/mac.ts";
import { metadataTree } from "../internal/metadata-block.ts";
import { entryOf } from "../internal/tree.ts";
import type { AgeKey } from "../metadata.ts";
import { emitJson } from "./emit-json.ts";
import { jsonStore } from "./json-store.ts";
import type { Store } from "./store.ts";

const AAD = "data:";

/** Any file at all, as the one value `data` of a JSON envelope. */
export const binaryStore: Store = {
  ...jsonStore,
  format: "binary",
  emit(root, metadata, indent) {
    if (metadata !== undefined) return jsonStore.emit(root, metadata, indent);
    const value = entryOf(root, "data")?.value;
    return value?.kind === "leaf" && value.scalar.type === "str" ? value.scalar.value : "";
  },
};

/** Whether bytes are what `encryptBinary` or sops made: a second time is a mistake. */
export function isBinaryEnvelope(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString("latin1");
  return (
    /^\s*\{\s*"data":\s*"ENC\[AES256_GCM,/.test(head) &&
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf('"mac"') !== -1
  );
}

export interface BinaryPlan {
  readonly key: Uint8Array;
  readonly age: readonly AgeKey[];
  readonly lastModified: string;
}

/** Encrypts bytes as a whole: selection rules do not concern them. */
export function encryptBinary(bytes: Uint8Array, { key, age, lastModified }: BinaryPlan): string {
  const mac = sealBytes(Buffer.from(digestOf(bytes, false)), key, lastModified, "str");
  const metadata = metadataTree({ age, option: undefined, macOnlyEncrypted: false, lastModified, mac });
  // The envelope goes around the tree: each step over it would be one more copy of the file.
  return `{\n\t"data": "${sealBytes(bytes, key, AAD, "str")}",\n\t"sops": ${emitJson(metadata, "\t")}\n}\n`;
}

/** The bytes of an encrypted file. */
export function decryptBinary(source: EncryptedFile, key: Uint8Array, verifyMac: boolean): Uint8Array {
  const { file } = source;
  const root = source.documents[0]?.root;
  const leaf = root && entryOf(root, "data")?.value;
  if (leaf?.kind !== "leaf" || leaf.scalar.type !== "str" || root?.items.length !== 1) {
    throw new SopsError("invalid-json", "a binary file holds one string, data", { file });
  }
  const bytes = openData(leaf.scalar.value, key, file);
  if (verifyMac) checkDigest(source, key, digestOf(bytes, source.metadata.macOnlyEncrypted));
  return bytes;
}

function digestOf(bytes: Uint8Array, onlyEncrypted: boolean): string {
  const mac = new Mac(onlyEncrypted);
  mac.addBytes(bytes);
  return mac.digest();
}

function openData(envelope: string, key: Uint8Array, file: string | undefined): Uint8Array {
  if (envelope === "") return new Uint8Array();
  try {
    const { type, bytes } = openBytes(envelope, key, AAD);
    if (type === "str") return bytes;
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
  }
  throw new SopsError("mac-mismatch", "MAC mismatch: the value at data does not authenticate", { file, path: "data" });
}
