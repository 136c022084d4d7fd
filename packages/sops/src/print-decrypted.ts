import { type DecryptOptions, decrypt } from "./decrypt.ts";
import { SopsError } from "./errors.ts";
import { unwrapDataKey } from "./internal/data-key.ts";
import { decryptDocuments } from "./internal/decrypt-documents.ts";
import { displayScalar } from "./internal/display-scalar.ts";
import { getAt, type KeyPath } from "./internal/edit-tree.ts";
import { type EncryptedFile, parseEncrypted } from "./internal/encrypted-file.ts";
import { decodeUtf8 } from "./internal/files.ts";
import { formatKeyPath } from "./internal/position.ts";
import { str } from "./internal/scalar.ts";
import { entryOf, type MapNode, type TreeNode } from "./internal/tree.ts";
import { decryptBinary } from "./stores/binary-store.ts";
import { emitAsSops } from "./stores/emit-as-sops.ts";
import { emitGoYaml } from "./stores/emit-go-yaml.ts";
import { emitJson } from "./stores/emit-json.ts";
import { formatOf, type SopsFormat } from "./stores/format.ts";
import { spaces } from "./stores/json-store.ts";
import { storeFor } from "./stores/stores.ts";

/** How {@link printDecrypted} prints. */
export interface PrintOptions extends Omit<DecryptOptions, "emit"> {
  /** Default: the format of the file. */
  readonly outputFormat?: SopsFormat | undefined;
  /** Spaces, for YAML and JSON. Default: four, and a tab. */
  readonly indent?: number | undefined;
  /** Only the value at this path of the first document; a string without any quotes, and without a line break. */
  readonly path?: KeyPath | undefined;
}

/**
 * What `sops decrypt` prints, byte for byte: a file in the layout of sops 3.13, in its own format or another, or one value
 * of it.
 *
 * @throws {@link SopsError} as `decrypt`; `path-not-found`; `unsupported-value` for what the output format cannot hold.
 *
 * @example
 * import { encrypt, generateIdentity, printDecrypted } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const text = await encrypt({ db: { port: 5432 } }, { recipients: [recipient] });
 * const json = await printDecrypted(text, { identities: [identity], outputFormat: "json", indent: 2 });
 * console.log(Buffer.from(json).toString() === '{\n  "db": {\n    "port": 5432\n  }\n}\n'); // true
 */
export async function printDecrypted(text: string | Uint8Array, options: PrintOptions = {}): Promise<Uint8Array> {
  const { file, path = [], indent } = options;
  const format = formatOf(options);
  const output = options.outputFormat ?? format;
  const whole = path.length === 0 ? output === "binary" : path.length === 1 && path[0] === "data";
  if (format === "binary" && whole) return (await decrypt(text, options)).bytes;
  const source = parseEncrypted(typeof text === "string" ? text : decodeUtf8(text, file), file, format);
  const roots = await decryptedRoots(source, options);
  const [first, ...rest] = roots;
  if (first === undefined) return new Uint8Array();
  const node = valueAt(first, path, file);
  if (node.kind === "map") return Buffer.from(emitFile([node, ...rest], output, indent, file));
  if (node.kind === "leaf" && node.scalar.type === "str") return Buffer.from(node.scalar.value);
  return Buffer.from(emitValue(node, output, indent, file));
}

/** The decrypted documents of a file of any format. */
export async function decryptedRoots(source: EncryptedFile, options: DecryptOptions): Promise<readonly MapNode[]> {
  const key = await unwrapDataKey(source.metadata, options, options.file);
  const verify = options.ignoreMac !== true;
  if (source.store?.format !== "binary") return decryptDocuments(source, key, verify).roots;
  // Bytes that are no text are replaced by U+FFFD, as Go does for JSON.
  const scalar = str(new TextDecoder("utf-8", { ignoreBOM: true }).decode(decryptBinary(source, key, verify)));
  return [{ kind: "map", items: [{ kind: "entry", key: "data", value: { kind: "leaf", scalar } }] }];
}

function valueAt(root: MapNode, path: KeyPath, file: string | undefined): TreeNode {
  const node = getAt(root, path);
  if (node !== undefined) return node;
  const at = formatKeyPath(path);
  throw new SopsError("path-not-found", `there is nothing at ${at}`, { file, path: at });
}

function emitFile(roots: readonly MapNode[], format: SopsFormat, indent: number | undefined, file?: string): string {
  if (format === "dotenv" || format === "ini") roots = roots.map((root) => displayed(root) as MapNode);
  if (format !== "binary") return emitAsSops(storeFor(format), roots, undefined, indent);
  const [only] = roots;
  const data = only && roots.length === 1 ? entryOf(only, "data")?.value : undefined;
  if (data?.kind === "leaf" && data.scalar.type === "str") return data.scalar.value;
  throw new SopsError("unsupported-value", "this is no binary file: give the format of the output", { file });
}

/** Numbers and times as sops shows them in formats that know text alone. */
function displayed(node: TreeNode): TreeNode {
  if (node.kind === "leaf") {
    return node.scalar.type === "null" ? node : { ...node, scalar: str(displayScalar(node.scalar)) };
  }
  if (node.kind !== "map") return node;
  const items = node.items.map((item) => (item.kind === "comment" ? item : { ...item, value: displayed(item.value) }));
  return { ...node, items };
}

function emitValue(node: TreeNode, format: SopsFormat, indent: number | undefined, file: string | undefined): string {
  if (format === "yaml") return emitGoYaml([node]);
  if (format === "json") return emitJson(node, "", spaces(indent));
  // The strings of the others never come here.
  if (format === "ini" && node.kind === "leaf") return emitJson(node);
  throw new SopsError("unsupported-value", `a file of the format ${format} holds no such value`, { file });
}
