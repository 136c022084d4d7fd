import type { KeySourceOptions } from "../age/key-sources.ts";
import { SopsError } from "../errors.ts";
import { unwrapDataKey } from "../internal/data-key.ts";
import { decryptDocuments } from "../internal/decrypt-documents.ts";
import { emitScalar } from "../internal/emit.ts";
import { type EncryptedFile, parseEncrypted } from "../internal/encrypted-file.ts";
import { isEnvelope } from "../internal/envelope.ts";
import { applyPatches, type Patch } from "../internal/patch.ts";
import { str } from "../internal/scalar.ts";
import { type LeafNode, walkTree } from "../internal/tree.ts";
import { cutMetadata } from "../merge/merge-lines.ts";
import { decryptBinary } from "../stores/binary-store.ts";
import type { SopsFormat } from "../stores/format.ts";
import { Digests } from "./digests.ts";
import { metadataLines } from "./metadata-lines.ts";

export interface TextconvOptions extends KeySourceOptions {
  /** Its extension decides the format, where an unknown one means `binary`. */
  readonly file?: string | undefined;
  readonly format?: SopsFormat | undefined;
  /**
   * Key of the digests, at least 16 random bytes that stay on this machine: whoever has it can try out values. Without it
   * values are not told apart.
   */
  readonly digestKey?: Uint8Array | undefined;
}

const ENVELOPE = /ENC\[AES256_GCM,[^\]]*\]/g;
const CLOSED = "<encrypted>";

/**
 * An encrypted file as people compare it: the layout and what is plain as they are, a short keyed digest for each
 * encrypted value, equal for equal values, and the recipients in place of the metadata. Nothing secret is in it.
 *
 * Made for `git diff`, it never fails: without a key, or for a damaged file, all values read `<encrypted>`, and a text
 * that is not encrypted comes back as it is.
 *
 * @throws TypeError for a short `digestKey`.
 *
 * @example
 * import { edit, encrypt, generateIdentity, textconv } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const options = { identities: [identity], digestKey: new Uint8Array(32) };
 * const text = await encrypt({ user: "web", again: "web", token: "hunter2" }, { recipients: [recipient] });
 * const [user, again, token] = (await textconv(text, options)).match(/<str:\w+>/g) ?? [];
 * console.log(user === again, user === token); // true false
 */
export async function textconv(text: string, options: TextconvOptions = {}): Promise<string> {
  const { digestKey, file, format } = options;
  if (digestKey !== undefined && digestKey.length < 16) throw new TypeError("digestKey has at least 16 bytes");
  let source: EncryptedFile;
  try {
    source = parseEncrypted(text, file, format);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    // Not encrypted, unresolved, or damaged.
    return text.replace(ENVELOPE, CLOSED);
  }
  const shown = await opened(source, options).catch((error: unknown) => {
    if (error instanceof SopsError) return { digests: undefined, note: noteFor(error), size: undefined };
    throw error;
  });
  const { digests, note, size } = shown;
  const body = withoutMetadata(source).replace(ENVELOPE, (envelope) => digests?.of(envelope) ?? CLOSED);
  const notes = [...(note === undefined ? [] : [note]), ...(size === undefined ? [] : [`${size} bytes`])];
  return `${body}${body.endsWith("\n") || body === "" ? "" : "\n"}${metadataLines(source, notes)}`;
}

interface Opened {
  readonly digests: Digests | undefined;
  readonly note: string | undefined;
  readonly size: number | undefined;
}

async function opened(source: EncryptedFile, options: TextconvOptions): Promise<Opened> {
  const { digestKey } = options;
  if (digestKey === undefined)
    return { digests: undefined, note: "values are not compared: there is no key for digests", size: undefined };
  const key = await unwrapDataKey(source.metadata, options, options.file);
  const verified = (action: () => void) => {
    try {
      action();
      return undefined;
    } catch (error) {
      if (error instanceof SopsError && (error.code === "mac-mismatch" || error.code === "missing-mac"))
        return noteFor(error);
      throw error;
    }
  };
  if (source.store?.format === "binary") {
    const bytes = decryptBinary(source, key, false);
    const digests = new Digests(digestKey);
    digests.addBytes(source, bytes);
    return { digests, note: verified(() => decryptBinary(source, key, true)), size: bytes.length };
  }
  const digests = new Digests(digestKey);
  digests.add(source, decryptDocuments(source, key, false));
  return { digests, note: verified(() => decryptDocuments(source, key, true)), size: undefined };
}

/** Values that should be encrypted are not shown, whatever they are. */
function withoutMetadata(source: EncryptedFile): string {
  const patches: Patch[] = [];
  for (const { root } of source.documents) {
    walkTree(root, {
      leaf({ scalar, span, block, flow }: LeafNode, { keys, comments, path }) {
        if (span === undefined || scalar.type === "null" || !source.selector.selects(keys, comments, false)) return;
        if (scalar.type === "str" && (scalar.value === "" || isEnvelope(scalar.value))) return;
        const hidden = source.store?.leaf(str("<plaintext>"), path) ?? emitScalar(str("<plaintext>"), { flow });
        patches.push({ ...span, text: block === true ? `${hidden}\n` : hidden });
      },
      comment: () => undefined,
    });
  }
  const { text, store } = source;
  if (store?.format === "ini") return applyPatches(text, patches).replace(/^\[sops\].*\n(?:(?!\[).*\n?)*/m, "");
  const cut = cutMetadata(source).patches.map((patch) => ({ ...patch, text: "" }));
  return applyPatches(text, [...patches, ...cut]);
}

function noteFor({ code }: SopsError): string {
  switch (code) {
    case "no-identity-matches":
      return "values are not compared: no key opens the file";
    case "value-not-encrypted":
      return "values are not compared: one of them should be encrypted and is not";
    case "missing-mac":
      return "the file has no MAC";
    case "mac-mismatch":
      return "the MAC does not match: the file was changed without its key";
    default:
      return `values are not compared (${code})`;
  }
}
