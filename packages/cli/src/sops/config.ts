import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { SopsConfig } from "@idstack/sops";
import type { SopsCall, Target } from "./call.ts";
import { SopsExit, sopsStatus } from "./exit.ts";
import { exists } from "./target.ts";

/** sops gives up after this many levels, too. */
const LEVELS = 100;

/** The `.sops.yaml` that holds for a target: `--config`, `SOPS_CONFIG`, or the nearest upwards. */
export async function configFile({ io, flags, strict }: SopsCall, { named }: Target): Promise<string | undefined> {
  const given = flags.config || io.env["SOPS_CONFIG"];
  if (given) return resolve(io.cwd, given);
  let folder = strict || named === "" ? resolve(io.cwd) : dirname(named);
  let misnamed: string | undefined;
  for (let level = 0; level < LEVELS; level += 1) {
    const file = join(folder, ".sops.yaml");
    if (await exists(file)) return file;
    const other = join(folder, ".sops.yml");
    if (misnamed === undefined && (await exists(other))) misnamed = other;
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  if (misnamed !== undefined) io.err.write(`${misnamed} is ignored: the name is .sops.yaml\n`);
  return undefined;
}

/** Reads a `.sops.yaml`; undefined when there is none, or no rule in it: sops makes no difference. */
export async function loadConfig(call: SopsCall, target: Target): Promise<SopsConfig | undefined> {
  const file = await configFile(call, target);
  if (file === undefined) return undefined;
  const text = await readConfig(file);
  const { parseSopsConfig } = await import("@idstack/sops");
  const config = parseSopsConfig(text, { file });
  const broken = config.diagnostics.find(
    ({ code, severity }) => severity === "error" && code === "sops/config-invalid",
  );
  if (config.rules.length === 0 && broken !== undefined) throw new SopsExit(sopsStatus.generic, broken.message);
  return config.rules.length === 0 ? undefined : config;
}

/** Spaces by store, as `stores` of the `.sops.yaml` says. */
export async function storeSettings(call: SopsCall, target: Target): Promise<Readonly<Record<string, number>>> {
  const file = await configFile(call, target);
  if (file === undefined) return {};
  const text = await readConfig(file);
  // Almost no file has them; the parser can stay where it is.
  if (!/stores/.test(text)) return {};
  const { parseSopsConfig } = await import("@idstack/sops");
  return parseSopsConfig(text, { file }).indents ?? {};
}

async function readConfig(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "ENOENT" ? "there is no such file" : `it cannot be read (${cause.code})`;
    throw new SopsExit(sopsStatus.generic, `${file}: ${why}`, { cause });
  });
}
