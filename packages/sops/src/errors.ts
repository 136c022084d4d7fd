/**
 * Why an operation on a SOPS file failed. The set is closed: a `switch` over it can be exhaustive.
 *
 * - `not-encrypted`, `already-encrypted`: the text has no `sops` block, or has one where plaintext was expected.
 * - `invalid-yaml`: the text is not YAML; `unsupported-yaml`: it is, but SOPS cannot hold it (a list at the top, keys
 *   that are not strings, an integer above 64 bits).
 * - `invalid-json`, `invalid-dotenv`, `invalid-ini`: the text is none, or SOPS cannot hold it.
 * - `unsupported-value`: data given to `encrypt` or `set` that the format cannot hold.
 * - `reserved-key`: the plaintext has a top-level key `sops`.
 * - `invalid-metadata`: the `sops` block is malformed; `missing-mac`: it has no MAC.
 * - `mac-mismatch`: the file was changed without its data key. `path` names the value when a single one is wrong.
 * - `value-not-encrypted`: the file's own rule selects a value that is not encrypted.
 * - `no-identity-matches`: no age identity opens the file; `tried` lists every source and why it did not fit.
 * - `invalid-identity`, `invalid-recipient`, `no-recipients`: age keys that cannot be used.
 * - `unsupported-key-type`: keys for which this package cannot wrap: PGP and cloud services without a `MasterKey`.
 * - `invalid-regex`: RE2 rejects a pattern; `conflicting-selection`: more than one selection option is set.
 * - `no-config`, `invalid-config`, `no-matching-creation-rule`: `.sops.yaml`.
 * - `multiple-documents`: one document was asked for, the file holds several.
 * - `path-not-found`, `path-conflict`: a path given to `get`, `set` or `delete`.
 * - `read-failed`, `write-failed`, `file-changed`: the file system, and another writer during an edit.
 * - `schema-mismatch`: the values do not fit the schema given to `loadSecrets`.
 * - `unresolved-merge`: the file holds conflict markers; `merge-conflict`: versions whose rules or key groups contradict
 *   each other, or a value that would end up in plaintext.
 * - `program-not-found`, `program-failed`: the sops program, of `openSops`, and git, of `guardStaged`.
 */
export type SopsErrorCode =
  | "not-encrypted"
  | "already-encrypted"
  | "invalid-yaml"
  | "unsupported-yaml"
  | "invalid-json"
  | "invalid-dotenv"
  | "invalid-ini"
  | "unsupported-value"
  | "reserved-key"
  | "invalid-metadata"
  | "missing-mac"
  | "mac-mismatch"
  | "value-not-encrypted"
  | "no-identity-matches"
  | "invalid-identity"
  | "invalid-recipient"
  | "no-recipients"
  | "unsupported-key-type"
  | "invalid-regex"
  | "conflicting-selection"
  | "no-config"
  | "invalid-config"
  | "no-matching-creation-rule"
  | "multiple-documents"
  | "path-not-found"
  | "path-conflict"
  | "read-failed"
  | "write-failed"
  | "file-changed"
  | "schema-mismatch"
  | "unresolved-merge"
  | "merge-conflict"
  | "program-not-found"
  | "program-failed";

/** One place where an age identity was looked for, and why it did not open the file. */
export interface TriedSource {
  /** `SOPS_AGE_KEY`, `identities`, or the path of a file. */
  readonly source: string;
  readonly reason: string;
}

/** Where a failure happened. Every part is optional: a text that came from memory has no file. */
export interface SopsErrorDetails {
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
  /** Key path, `stringData.token`. */
  readonly path?: string | undefined;
  readonly tried?: readonly TriedSource[] | undefined;
  readonly cause?: unknown;
}

/**
 * A run-time failure of this package. Neither the message nor any field ever holds a plaintext value, a data key or an
 * identity.
 *
 * @example
 * import { SopsError, decrypt } from "@idstack/sops";
 * const failure = await decrypt("a: 1\n").catch((error: unknown) => error);
 * console.log(failure instanceof SopsError && failure.code); // not-encrypted
 */
export class SopsError extends Error {
  readonly code: SopsErrorCode;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly path: string | undefined;
  readonly tried: readonly TriedSource[];

  constructor(code: SopsErrorCode, message: string, details: SopsErrorDetails = {}) {
    super(prefix(details) + message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "SopsError";
    this.code = code;
    this.file = details.file;
    this.line = details.line;
    this.column = details.column;
    this.path = details.path;
    this.tried = details.tried ?? [];
  }
}

function prefix({ file, line, column }: SopsErrorDetails): string {
  if (line === undefined) return file === undefined ? "" : `${file}: `;
  return `${file ?? "line "}${file === undefined ? "" : ":"}${line}:${column ?? 1}: `;
}
