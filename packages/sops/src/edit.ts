import type { SopsMapping, SopsValue } from "./data.ts";
import type { DecryptOptions } from "./decrypt.ts";
import { SopsError } from "./errors.ts";
import { dataOf, fromData, toData } from "./internal/data-tree.ts";
import { editRoots } from "./internal/edit-roots.ts";
import { deleteAt, getAt, type KeyPath, setAt } from "./internal/edit-tree.ts";
import type { MapNode } from "./internal/tree.ts";

/** The plaintext of one document while it is edited. Paths are keys and list indices: `["stringData", "token"]`. */
export interface EditableDocument {
  /** A snapshot of the document as edited so far. */
  readonly data: SopsMapping;
  get(path: KeyPath): SopsValue | undefined;
  has(path: KeyPath): boolean;
  /** Sets a value; missing mappings are made, and an index equal to a list's length appends. */
  set(path: KeyPath, value: SopsValue | object): void;
  /** @throws {@link SopsError} `path-not-found` */
  delete(path: KeyPath): void;
}

/** Changes documents in place. `document` is the first one; files with several get them all in `documents`. */
export type EditCallback = (document: EditableDocument, documents: readonly EditableDocument[]) => void | Promise<void>;

export interface EditOptions extends DecryptOptions {
  /** Time of the new `lastmodified`. Default: now. */
  readonly now?: (() => Date) | undefined;
}

/**
 * Edits the values of an encrypted text and encrypts them again under the file's own key. Only changed lines, `mac` and
 * `lastmodified` differ from the input, and metadata that sops wrote before 3.13 gets the layout of 3.13; without a change
 * the input comes back byte for byte.
 *
 * @throws {@link SopsError} as `decrypt`, and `path-not-found`, `path-conflict`, `reserved-key`, `unsupported-value`.
 *
 * @example
 * import { decrypt, edit, encrypt, generateIdentity } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const before = await encrypt({ user: "web", token: "old" }, { recipients: [recipient] });
 * const after = await edit(before, (doc) => doc.set(["token"], "new"), { identities: [identity] });
 * console.log((await decrypt(after, { identities: [identity] })).data); // { user: 'web', token: 'new' }
 */
export async function edit(text: string, change: EditCallback, options: EditOptions = {}): Promise<string> {
  return editRoots(text, options, async (roots) => {
    const documents = roots.map((_, index) => editable(roots, index, options.emit === "sops"));
    const [first] = documents;
    if (first === undefined) throw new SopsError("not-encrypted", "the file holds no document", { file: options.file });
    await change(first, documents);
  });
}

function editable(roots: MapNode[], index: number, asSops: boolean): EditableDocument {
  const root = (): MapNode => roots[index] ?? { kind: "map", items: [] };
  return {
    get data() {
      return toData(root());
    },
    get(path) {
      const node = getAt(root(), path);
      return node && dataOf(node);
    },
    has: (path) => getAt(root(), path) !== undefined,
    set(path, value) {
      if (path[0] === "sops") throw new SopsError("reserved-key", "the top-level key sops is reserved for SOPS itself");
      roots[index] = setAt(root(), path, fromData(value, path), asSops);
    },
    delete(path) {
      roots[index] = deleteAt(root(), path);
    },
  };
}
