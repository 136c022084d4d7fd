import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Diagnostic, type ExtraFile, objectRef, parseManifests } from "@idstack/manifests";
import { guardTree, isEncrypted, readMetadata } from "@idstack/sops";
import type { Expansion } from "@idstack/stack";
import { CliError } from "../errors.ts";

/**
 * The encrypted files of a declaration as they are: rendering needs no key and changes no byte.
 *
 * @throws CliError `sops-file` for one that is missing, in plain text (also in part), encrypted to others, or for another
 *   namespace; SopsError for one that is damaged.
 */
export async function readEncryptedFiles(
  { encrypted }: Pick<Expansion, "encrypted">,
  recipients: readonly string[],
  folder: string,
): Promise<ExtraFile[]> {
  return await Promise.all(
    encrypted.map(async ({ source, path, namespace }) => {
      const text = await readText(join(folder, source), source);
      if (!isEncrypted(text)) throw unusable(source, "is not encrypted: run sops --encrypt --in-place on it");
      const found = readMetadata(text, { file: source }).age.map(({ recipient }) => recipient);
      if (found.toSorted().join() !== recipients.toSorted().join()) {
        const problem = `is encrypted to ${found.join(", ") || "nobody"}, declared under sops.recipients are ${recipients.join(", ")}`;
        throw unusable(source, `${problem}: run sops updatekeys on it`);
      }
      const diagnostics = guardTree({ files: [{ path: source, text }] }).filter(({ severity }) => severity === "error");
      if (diagnostics.length > 0) throw unusable(source, "cannot go into the tree", { diagnostics });
      const { documents } = parseManifests(text, { file: source });
      for (const { object } of documents) {
        const own = object.metadata?.namespace;
        if (own === namespace) continue;
        throw unusable(
          source,
          `holds an object of namespace ${own ?? "(none)"}, declared under sops.files is ${namespace}`,
        );
      }
      return { path, text, objects: documents.map(({ object }) => objectRef(object)) };
    }),
  );
}

async function readText(path: string, source: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw unusable(source, "does not exist: write the Secret there and encrypt it with sops", { cause });
  }
}

function unusable(
  source: string,
  problem: string,
  details?: { readonly cause?: unknown; readonly diagnostics?: readonly Diagnostic[] },
): CliError {
  return new CliError("sops-file", `${source}, declared under sops.files, ${problem}`, details);
}
