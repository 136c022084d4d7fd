import { access, readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseSchemaFile } from "@idstack/schemas/compile";
import { compareText } from "../internal/plain.ts";
import { ManifestError } from "../manifest-error.ts";
import type { SchemaSource } from "./schema-source.ts";
import { sourceOf } from "./source-of.ts";

/** Where `idstack schemas add` keeps the schemas of a repository, relative to its root. */
export const schemasFolder = ".idstack/schemas";

/** The schemas of a folder that {@link readSchemas} found. */
export interface OwnSchemas extends SchemaSource {
  /** Absolute path of the folder; `undefined` if there is none. */
  readonly directory: string | undefined;
}

/**
 * Reads the schemas that `idstack schemas add` wrote: of the nearest `.idstack/schemas` in `dir` or above it, up to the
 * root of its Git repository; outside of a repository only in `dir` itself. Without one the source is empty.
 *
 * @throws ManifestError `broken-schemas` for a file that is not what the command wrote; errors of `node:fs`.
 * @example
 * ```ts
 * import { readSchemas, readTree, validate } from "@idstack/manifests";
 * const schemas = await readSchemas(".");
 * const { documents } = await readTree(".");
 * console.log(validate(documents, { schemas }).filter(({ severity }) => severity === "error"));
 * ```
 */
export async function readSchemas(dir: string): Promise<OwnSchemas> {
  const directory = await findSchemas(resolve(dir));
  if (directory === undefined) return { ...sourceOf([], ".idstack"), directory };
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort(compareText);
  const groupVersions = await Promise.all(
    files.map(async (file) => {
      const parsed = parseSchemaFile(await readFile(file, "utf8"));
      if (parsed !== undefined) return parsed;
      const message = `${file} holds no schemas: remove it, and run idstack schemas add again`;
      throw new ManifestError("broken-schemas", message, { paths: [file] });
    }),
  );
  return { ...sourceOf(groupVersions, ".idstack"), directory };
}

async function findSchemas(start: string): Promise<string | undefined> {
  const candidates: string[] = [];
  for (let folder = start; ; folder = dirname(folder)) {
    candidates.push(join(folder, schemasFolder));
    if (await exists(join(folder, ".git"))) break;
    if (dirname(folder) === folder) {
      candidates.length = 1;
      break;
    }
  }
  for (const candidate of candidates) if (await exists(candidate)) return candidate;
  return undefined;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
