/** How a SOPS file is written. `binary` is any file at all, wrapped into JSON. */
export type SopsFormat = "yaml" | "json" | "dotenv" | "ini" | "binary";

const FORMATS: readonly SopsFormat[] = ["yaml", "json", "dotenv", "ini", "binary"];

/** The format sops takes a path to have: by its extension, and `binary` for any it does not know. */
export function formatForPath(path: string): SopsFormat {
  if (/\.ya?ml$/.test(path)) return "yaml";
  if (path.endsWith(".json")) return "json";
  if (path.endsWith(".env")) return "dotenv";
  return path.endsWith(".ini") ? "ini" : "binary";
}

export interface FormatOptions {
  readonly file?: string | undefined;
  /** Default: by the extension of `file` as in sops, where an unknown one means `binary`; YAML without a file. */
  readonly format?: SopsFormat | undefined;
}

/** @throws TypeError for a name that is no format. */
export function formatOf({ file, format }: FormatOptions): SopsFormat {
  if (format === undefined) return file === undefined ? "yaml" : formatForPath(file);
  if (FORMATS.includes(format)) return format;
  throw new TypeError(`format is one of ${FORMATS.join(", ")}`);
}
