import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { generateIdentity } from "@idstack/sops";
import { type Io, sopsMain } from "idstack";
import { temporary } from "./home.ts";
import type { Ended } from "./run.ts";

/** A folder with a key, a `.sops.yaml` that names it, and files. */
export interface SopsHome {
  readonly folder: string;
  readonly identity: string;
  readonly recipient: string;
  readonly env: NodeJS.ProcessEnv;
  readonly path: (name: string) => string;
}

export async function sopsHome(files: Readonly<Record<string, string>> = {}): Promise<SopsHome> {
  const { identity, recipient } = await generateIdentity();
  const folder = temporary({});
  const path = (name: string) => join(folder, name);
  for (const [name, text] of Object.entries({ ".sops.yaml": `creation_rules:\n  - age: ${recipient}\n`, ...files })) {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  }
  const env = { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: identity, EDITOR: "false" };
  return { folder, identity, recipient, env, path };
}

/** Runs a command line of `idstack-sops` in this process. */
export async function runSops(
  args: readonly string[],
  { folder, env }: Pick<SopsHome, "folder" | "env">,
  input: string | Uint8Array = "",
): Promise<Ended> {
  const written = { out: "", err: "" };
  const output = (to: "out" | "err"): Io["out"] => ({
    color: false,
    write: (piece) => {
      written[to] += typeof piece === "string" ? piece : Buffer.from(piece).toString("utf8");
    },
  });
  const io: Io = { cwd: folder, env, in: Readable.from([Buffer.from(input)]), out: output("out"), err: output("err") };
  const status = await sopsMain(args, io);
  return { status, stdout: written.out, stderr: written.err };
}
