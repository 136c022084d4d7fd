import { SopsError } from "./errors.ts";
import { parseEncrypted } from "./internal/encrypted-file.ts";
import type { MapNode } from "./internal/tree.ts";
import { canonicalBlock } from "./stores/canonical-block.ts";
import { emitAsSops } from "./stores/emit-as-sops.ts";
import { type FormatOptions, formatOf, type SopsFormat } from "./stores/format.ts";
import { storeFor } from "./stores/stores.ts";

/** How {@link reformat} writes. */
export interface ReformatOptions extends FormatOptions {
  /** Default: the format of the file. */
  readonly outputFormat?: SopsFormat | undefined;
  /** Spaces, for YAML and JSON. Default: four, and a tab. */
  readonly indent?: number | undefined;
}

/**
 * Writes an encrypted text in the layout of sops 3.13, in its own format or another. It needs no key: the encrypted values
 * stay as they are.
 *
 * @throws {@link SopsError} as `readMetadata`; `unsupported-value` for what the output format cannot hold.
 *
 * @example
 * import { decrypt, encrypt, generateIdentity, reformat } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const yaml = await encrypt({ token: "hunter2" }, { recipients: [recipient] });
 * const json = reformat(yaml, { outputFormat: "json" });
 * console.log((await decrypt(json, { format: "json", identities: [identity] })).data); // { token: 'hunter2' }
 */
export function reformat(text: string, options: ReformatOptions = {}): string {
  const { file, indent } = options;
  const format = formatOf(options);
  const { documents } = parseEncrypted(text, file, format);
  const block = documents[0]?.block?.value;
  if (block?.kind !== "map") throw new SopsError("invalid-metadata", "the sops block is not a mapping", { file });
  const roots: readonly MapNode[] = documents.map(({ root }) => root);
  return emitAsSops(storeFor(options.outputFormat ?? format), roots, canonicalBlock(block), indent);
}
