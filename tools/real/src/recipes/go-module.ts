import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildContext, Recipe, Requirement } from "../component.ts";
import { RealError } from "../errors.ts";
import { digestFiles } from "../internal/digest.ts";
import { cCompilerRequirement, cTarget, findGo, goRequirement, goVersion } from "./go-tools.ts";

export interface GoModuleOptions {
  /** Directory below `go/`, with committed go.mod and go.sum. */
  readonly module: string;
  /** Program name to Go package; `.` for our own. */
  readonly programs: Readonly<Record<string, string>>;
  /** Needs a C compiler. */
  readonly cgo?: boolean;
  /** Values for the linker's `-X`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Tests set another place. */
  readonly root?: string;
}

const defaultRoot = join(import.meta.dirname, "../../go");

/** Builds programs from a small Go module of ours that pins every version by its go.sum. */
export function goModule(options: GoModuleOptions): Recipe {
  const directory = join(options.root ?? defaultRoot, options.module);
  const cgo = options.cgo ?? false;
  const variables = Object.entries(options.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ["-trimpath", "-buildvcs=false", "-ldflags", ["-s -w", ...variables].join(" ")];

  return {
    programs: Object.keys(options.programs),

    requirements: async (): Promise<Requirement[]> => {
      const go = goRequirement(await goDirective(directory));
      return cgo ? [go, cCompilerRequirement] : [go];
    },

    inputs: async () => ({
      ...(await digestFiles(directory)),
      go: await goVersion(),
      platform: `${process.platform}-${process.arch}`,
      c: cgo ? await cTarget() : "none",
      flags: flags.join(" "),
      programs: JSON.stringify(options.programs),
    }),

    build: async (context: BuildContext): Promise<void> => {
      const go = findGo();
      if (go === undefined) throw new RealError("requirement-missing", "Go is not installed; see `pnpm real doctor`");
      const env = {
        ...process.env,
        CGO_ENABLED: cgo ? "1" : "0",
        // go.sum decides what is built: nothing may edit it, and no other toolchain is fetched in passing.
        GOFLAGS: "-mod=readonly",
        GOTOOLCHAIN: "local",
        GOWORK: "off",
        GOTMPDIR: context.work,
      };
      const names = Object.keys(options.programs);
      for (const [index, [name, target]] of Object.entries(options.programs).entries()) {
        context.phase(names.length === 1 ? `building ${name}` : `building ${name} (${index + 1} of ${names.length})`);
        await context.run(go, ["build", ...flags, "-o", join(context.bin, name), target], { cwd: directory, env });
      }
    },
  };
}

async function goDirective(directory: string): Promise<string> {
  const version = /^go (\S+)/m.exec(await readFile(join(directory, "go.mod"), "utf8"))?.[1];
  if (version === undefined) throw new TypeError(`${directory}/go.mod has no go line`);
  return version;
}
