import { type OwnSchemas, readSchemas } from "@idstack/manifests";
import { shownPath } from "../shown-path.ts";

/**
 * The repository's own schemas for what is in a folder: those above it, or outside of a Git repository those of the
 * working directory if the folder is below it.
 */
export async function ownSchemas(folder: string, cwd: string): Promise<OwnSchemas> {
  const above = await readSchemas(folder);
  const isBelow = shownPath(folder, cwd) !== folder;
  return above.directory === undefined && isBelow ? readSchemas(cwd) : above;
}
