import type { EditOptions } from "./edit.ts";
import { SopsError } from "./errors.ts";
import { editRoots } from "./internal/edit-roots.ts";
import { getAt, type KeyPath, setAt } from "./internal/edit-tree.ts";
import { elementsOf, type MapNode, type TreeNode } from "./internal/tree.ts";
import { JsonParser } from "./stores/parse-json.ts";

/**
 * Sets one value of an encrypted text to a JSON value, in its first document, as `sops set` does: keys in order, integers
 * of 64 bits exact, a lone number a float; **a plain value on the way is replaced**, and an index behind the end of a list
 * appends to it. An equal value leaves the text as it is.
 *
 * @throws {@link SopsError} as `edit`; `invalid-json`.
 *
 * @example
 * import { encrypt, extract, generateIdentity, setJson } from "@idstack/sops";
 * const { identity, recipient } = await generateIdentity();
 * const options = { identities: [identity] };
 * const text = await encrypt({ user: "web" }, { recipients: [recipient] });
 * const after = await setJson(text, ["ports"], "[80, 443]", options);
 * console.log(await extract(after, ["ports", 1], options)); // 443
 */
export async function setJson(text: string, path: KeyPath, json: string, options: EditOptions = {}): Promise<string> {
  const value = parseValue(json);
  if (path[0] === "sops") throw new SopsError("reserved-key", "the top-level key sops is reserved for SOPS itself");
  return editRoots(text, options, (roots) => {
    const [first = { kind: "map", items: [] }] = roots;
    roots[0] = setAsSops(first, path, value);
  });
}

function setAsSops(root: MapNode, path: KeyPath, value: TreeNode): MapNode {
  const exact: (string | number)[] = [];
  for (const part of path) {
    const node = getAt(root, exact);
    if (node?.kind === "leaf") return setAt(root, exact, valueBelow(path.slice(exact.length), value), true);
    const length = node?.kind === "list" ? elementsOf(node).length : 0;
    exact.push(typeof part === "number" && part > length ? length : part);
  }
  return setAt(root, exact, value, true);
}

/** What holds the value at the end of a path, and nothing else. */
function valueBelow(path: KeyPath, value: TreeNode): TreeNode {
  return path.reduceRight<TreeNode>(
    (inner, part) =>
      typeof part === "string"
        ? { kind: "map", items: [{ kind: "entry", key: part, value: inner }] }
        : { kind: "list", items: [{ kind: "element", value: inner }] },
    value,
  );
}

/** The value alone; what is wrong with it is not quoted, it is a secret. */
function parseValue(json: string): TreeNode {
  const entries = attempt(() => new JsonParser(`{"value":${json}\n}`).document().items) ?? [];
  const [only] = entries;
  if (entries.length !== 1 || only?.kind !== "entry") throw new SopsError("invalid-json", "the value is not JSON");
  const { value } = only;
  if (value.kind !== "leaf" || value.scalar.type !== "int") return value;
  return { kind: "leaf", scalar: { type: "float", value: Number(value.scalar.value) } };
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof SopsError) return undefined;
    throw error;
  }
}
