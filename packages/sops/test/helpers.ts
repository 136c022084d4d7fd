import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Throw-away keys: they protect nothing but the vectors beside them. */
export const VECTORS = fileURLToPath(new URL("vectors/", import.meta.url));
export const VECTOR_KEY = readFileSync(join(VECTORS, "throw-away-keys.txt"), "utf8");

export function vector(name: string): string {
  return readFileSync(join(VECTORS, name), "utf8");
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "idstack-sops-"));
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const binary = join(root, "node_modules", "@clef-sh", `sops-${process.platform}-${process.arch}`, "bin", "sops");

/** Why the tests against real sops cannot run here; undefined where they can. */
export const noSops = existsSync(binary)
  ? undefined
  : `npm carries sops 3.12.2 for Linux and macOS on x64 and arm64 only, not installed for ${process.platform}-${process.arch}`;

export interface SopsRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs sops 3.12.2 in a folder of its own, so that no configuration of the machine takes part. */
export function sops(args: readonly string[], identity: string, cwd: string): SopsRun {
  const env = { PATH: "", HOME: cwd, SOPS_AGE_KEY: identity, SOPS_DISABLE_VERSION_CHECK: "1" };
  const run = spawnSync(process.env["IDSTACK_SOPS_BINARY"] ?? binary, [...args], { cwd, env, encoding: "utf8" });
  return { status: run.status, stdout: run.stdout, stderr: run.stderr };
}

export function vectorNames(folder: string): string[] {
  return readdirSync(join(VECTORS, folder)).sort();
}

/** Lines of `after` that are not in `before`, and the reverse: how large a diff is. */
export function diffLines(before: string, after: string): { removed: string[]; added: string[] } {
  const minus = (a: string[], b: string[]) => {
    const rest = [...b];
    return a.filter((line) => {
      const at = rest.indexOf(line);
      if (at === -1) return true;
      rest.splice(at, 1);
      return false;
    });
  };
  const [a, b] = [before.split("\n"), after.split("\n")];
  return { removed: minus(a, b), added: minus(b, a) };
}
