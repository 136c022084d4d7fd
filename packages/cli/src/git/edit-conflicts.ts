import { basename } from "node:path";
import type { ResolveOptions, SecretFile } from "@idstack/sops";
import type { Io } from "../io.ts";
import { SopsExit, sopsStatus, withStatus } from "../sops/exit.ts";
import { lineOf } from "../sops/line-of.ts";
import { readEdited, runEditor } from "../sops/run-editor.ts";

/**
 * Shows the plaintext with its conflict markers in an editor until it can be encrypted. An editor needs a file: as for
 * `edit` it is in memory where the system has a place for that, for its owner alone, and gone when this ends.
 *
 * @throws SopsExit 200 when nothing was changed, 201 without an editor
 */
export async function editConflicts(text: string, file: string, options: ResolveOptions, io: Io): Promise<string> {
  const { editMerge, writeSecretFile } = await import("@idstack/sops");
  const lines = lineOf(io);
  let secret: SecretFile | undefined;
  const edited = async (plaintext: string): Promise<string> => {
    if (secret === undefined) {
      const name = basename(file);
      secret = await writeSecretFile(Buffer.from(plaintext), { name, fifo: false, env: io.env });
    }
    await runEditor(secret.path, io);
    const after = (await readEdited(secret.path)).toString("utf8");
    // An editor that was cut short leaves an empty file: that is no resolution.
    if (after.trim() === "")
      throw new SopsExit(sopsStatus.empty, "the editor has left an empty file: the conflicts are still there");
    if (after !== plaintext) return after;
    throw new SopsExit(sopsStatus.unchanged, "nothing was changed: the conflicts are still there");
  };
  try {
    return await untilValid();
  } finally {
    await secret?.[Symbol.asyncDispose]();
  }

  async function untilValid(): Promise<string> {
    for (;;) {
      try {
        return await withStatus("plain", () => editMerge(text, edited, options));
      } catch (error) {
        // What was typed is still in the file.
        const again = error instanceof SopsExit && secret !== undefined && !ENDS.includes(error.status);
        if (!again) throw error;
        io.err.write(`${error.message}\nPress Enter to return to the editor, or Ctrl-C to leave the file as it was. `);
        if ((await lines.next()).done === true) throw error;
      }
    }
  }
}

const ENDS: readonly number[] = [sopsStatus.unchanged, sopsStatus.noEditor];
