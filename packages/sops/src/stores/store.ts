import type { ParsedFile } from "../internal/parse-yaml.ts";
import type { Patch } from "../internal/patch.ts";
import type { Scalar } from "../internal/scalar.ts";
import type { EntryItem, MapNode, TreeNode } from "../internal/tree.ts";
import type { SopsFormat } from "./format.ts";

/** Metadata apart from the values. `block.value` is the nested form, whatever the file's own is. */
export interface SplitRoot {
  readonly root: MapNode;
  readonly block: EntryItem | undefined;
}

/** What differs between the formats with one document and no layout to guess: all but YAML. */
export interface Store {
  readonly format: SopsFormat;
  /** Whether values can be replaced in the text; otherwise encryption and decryption write it anew, as sops does. */
  readonly inPlace: boolean;
  parse(text: string, file?: string): ParsedFile;
  split(root: MapNode, text: string, file?: string): SplitRoot;
  /** What stands in the place of a value. */
  leaf(scalar: Scalar, path: readonly (string | number)[]): string;
  /** A whole file in sops' own layout. `indent` is a number of spaces, for JSON, which has a tab without it. */
  emit(root: MapNode, metadata?: MapNode, indent?: number): string;
  /** Puts metadata after the last value. */
  addMetadata(text: string, root: MapNode, metadata: MapNode): Patch;
  dropMetadata(text: string, root: MapNode, block: EntryItem): Patch[];
  /** Patches from one plain tree to another; `seal` gives what the file holds for a node. */
  diff(text: string, before: MapNode, after: MapNode, seal: (node: TreeNode) => TreeNode): Patch[] | undefined;
}
