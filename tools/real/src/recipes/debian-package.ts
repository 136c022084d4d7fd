import { symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Advice, Recipe } from "../component.ts";
import { RealError } from "../errors.ts";
import { findProgram } from "../internal/find-program.ts";
import { runProgram } from "../internal/run-program.ts";

export interface DebianPackageOptions {
  readonly package: string;
  readonly programs: readonly string[];
  /** Directories besides `PATH`, such as `/usr/lib/postgresql/15/bin`. */
  readonly directories?: readonly string[];
  /** How to get the programs on other systems. */
  readonly elsewhere: Omit<Advice, "debian">;
}

/**
 * Programs that the system has, or that apt can install: by itself only for root on Debian. The cache holds links to
 * them, under a key with the version of each, so an upgrade of the system is noticed.
 */
export function debianPackage(options: DebianPackageOptions): Recipe {
  const { package: name, programs, directories = [], elsewhere } = options;
  const missing = (): readonly string[] =>
    programs.filter((program) => findProgram(program, directories) === undefined);
  return {
    programs,
    requirements: async () => [
      {
        name: `${name} (system package)`,
        check: async () => {
          const absent = missing();
          if (absent.length === 0) return { found: programs.map((each) => findProgram(each, directories)).join(", ") };
          if (canInstall()) return { found: `not yet, but apt can install ${name}` };
          return { problem: `${absent.join(", ")} not found, and only root on Debian installs it by itself` };
        },
        advice: { debian: `apt-get install ${name}`, ...elsewhere },
      },
    ],
    inputs: async () => {
      const versions: Record<string, string> = { package: name };
      for (const program of programs) {
        const path = findProgram(program, directories);
        versions[program] = path === undefined ? "absent" : `${path} ${await versionOf(path)}`;
      }
      return versions;
    },
    build: async (context) => {
      if (missing().length > 0) {
        if (!canInstall())
          throw new RealError("requirement-missing", `install ${name} first; see \`pnpm real doctor\``);
        const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
        context.phase(`apt-get install ${name}`);
        await context.run("apt-get", ["update", "-q"], { cwd: context.work, env });
        await context.run("apt-get", ["install", "-q", "-y", "--no-install-recommends", name], {
          cwd: context.work,
          env,
        });
      }
      for (const program of programs) {
        const path = findProgram(program, directories);
        if (path === undefined) throw new RealError("build-failed", `${name} is installed, but has no ${program}`);
        await symlink(path, join(context.bin, basename(program)));
      }
    },
  };
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && findProgram("apt-get") !== undefined && findProgram("dpkg") !== undefined;
}

/** The first line of what `--version` answers; not every program knows that. */
async function versionOf(path: string): Promise<string> {
  const { stdout } = await runProgram(path, ["--version"], { allowFailure: true, timeout: 10_000 });
  return stdout.split("\n")[0] ?? "";
}
