import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/index.ts";

export type Program = "spire-server" | "spire-agent";

/** What the program says of a configuration. */
export interface Verdict {
  readonly accepted: boolean;
  readonly said: string;
}

/** Asks `validate` about a file as it is. */
export async function validateFile(program: Program, file: string, cwd?: string): Promise<Verdict> {
  const { status, stdout, stderr } = await run(program, ["validate", "-config", file], { allowFailure: true, cwd });
  return { accepted: status === 0, said: `${stdout}${stderr}`.trim() };
}

/** Asks `validate` about a text. */
export async function validateText(program: Program, text: string): Promise<Verdict> {
  const directory = await mkdtemp(join(tmpdir(), "ids-conf-"));
  try {
    const file = join(directory, "spire.conf");
    await writeFile(file, text);
    // It opens a log file of a relative name already now.
    return await validateFile(program, file, directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}
