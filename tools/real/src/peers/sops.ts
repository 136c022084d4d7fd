import { component } from "../components/sops.ts";
import { requireInstalled } from "../installed.ts";
import { type ProgramResult, type RunOptions, runProgram } from "../internal/run-program.ts";

export const sopsVersions = ["3.13.3", "3.12.2"] as const;
export type SopsVersion = (typeof sopsVersions)[number];

export interface SopsOptions extends RunOptions {
  /** Default 3.13.3. */
  readonly version?: SopsVersion;
  /** Age identity to decrypt with, `AGE-SECRET-KEY-…`. */
  readonly ageKey?: string;
}

/**
 * Runs sops to its end, without the user's own keys and settings: only what the options give it counts.
 *
 * @throws {RealError} `not-installed`; `command-failed` with what it wrote to stderr, unless `allowFailure`.
 * @example
 * ```ts
 * import { sops } from "@idstack/tool-real";
 * const { stdout } = await sops(["--version"], { version: "3.12.2" });
 * ```
 */
export async function sops(args: readonly string[], options: SopsOptions = {}): Promise<ProgramResult> {
  const { version = "3.13.3", ageKey, env, ...rest } = options;
  const installed = await requireInstalled(component);
  const program = installed.path(version === component.version ? "sops" : `sops-${version}`);
  const isolated: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    // A directory that exists and holds no configuration of anybody.
    HOME: installed.directory,
    SOPS_DISABLE_VERSION_CHECK: "true",
    ...(ageKey === undefined ? {} : { SOPS_AGE_KEY: ageKey }),
    ...env,
  };
  return runProgram(program, args, { ...rest, env: isolated });
}
