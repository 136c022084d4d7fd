/** Every code of a {@link ManifestError}. */
export type ManifestErrorCode =
  /** An object is planned twice. */
  | "duplicate-object"
  /** Two files would have the same path, or differ only in case, or one is a folder of the other. */
  | "path-collision"
  /** A path is absolute, leaves the root, or holds characters that no file name should have. */
  | "unsafe-path"
  /** A file stands where one would be written, and this tree never wrote it. */
  | "foreign-file"
  /** A file of the tree was changed by hand since it was written. */
  | "edited-file"
  /** A symbolic link stands in the way. */
  | "symlink"
  /** `.idstack/tree.json` cannot be read. */
  | "broken-ownership"
  /** `.idstack/schemas` holds a file that `idstack schemas add` did not write. */
  | "broken-schemas";

/** Why a tree cannot be planned or written, or what belongs to it cannot be read. Nothing was written when it is thrown. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  readonly code: ManifestErrorCode;
  /** The files concerned: relative to the root, or absolute where there is none. */
  readonly paths: readonly string[];

  constructor(
    code: ManifestErrorCode,
    message: string,
    options: { readonly paths: readonly string[]; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.paths = options.paths;
  }
}
