import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { folders } from "./placed.ts";

/** A file that SOPS encrypted, to copy byte for byte. */
export interface EncryptedFile {
  /** Relative to the declaration. */
  readonly source: string;
  /** Relative to the rendered tree. */
  readonly path: string;
  /** Where its Secrets live. */
  readonly namespace: string;
}

/** The encrypted files of a declaration, each with its place in the tree. */
export function encryptedFiles(stack: StackDeclaration): EncryptedFile[] {
  return Object.entries(stack.sops?.files ?? {}).map(([source, namespace]) => ({
    source,
    path: `${folders.secrets}/${namespace}/${fileName(source)}`,
    namespace,
  }));
}

/** Last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
