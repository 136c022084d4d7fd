import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

export interface FileChange {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly change: "write" | "remove";
}

/**
 * Makes a folder hold these files and a README, each of them replaced whole, and removes what an earlier definition left
 * there. Files that are as they should be are not touched.
 */
export async function writeSchemaFiles(directory: string, files: ReadonlyMap<string, string>): Promise<FileChange[]> {
  const wanted = new Map([...files, ["README.md", README]]);
  const changes: FileChange[] = [];
  for (const [path, text] of wanted) {
    if ((await readFile(join(directory, path), "utf8").catch(() => undefined)) === text) continue;
    await replace(join(directory, path), text);
    changes.push({ path, change: "write" });
  }
  for (const path of await filesBelow(directory)) {
    if (wanted.has(path) || !/\.(?:json|d\.ts)$/.test(path)) continue;
    await rm(join(directory, path));
    await rmdir(dirname(join(directory, path))).catch(() => undefined);
    changes.push({ path, change: "remove" });
  }
  return changes;
}

async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { flag: "wx" });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

const README = `# Schemas of our own kinds

Written by \`idstack schemas add\` from CustomResourceDefinitions; commit this folder, and do not edit it. \`idstack render\`
and \`idstack audit\` validate against the \`.json\` files. The types are imported by the file of their apiVersion:

    import type { Widget } from "./.idstack/schemas/example.com/v1.d.ts";

To update a kind, add its definition again. To forget everything, remove the folder.
`;
