import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { SopsFormat } from "@idstack/sops";
import type { Io } from "../io.ts";
import { textconvKey } from "./textconv-key.ts";

/** Prints a file as `git diff` compares it. It asks for nothing, and what it cannot read it prints as it is. */
export async function textconvFile(file: string, format: SopsFormat | undefined, io: Io): Promise<void> {
  const bytes = await readFile(resolve(io.cwd, file));
  try {
    const { textconv } = await import("@idstack/sops");
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const digestKey = await textconvKey(io);
    io.out.write(await textconv(text, { env: io.env, file, format, digestKey }));
  } catch {
    // A failure would end git diff and git log.
    io.out.write(bytes);
  }
}
