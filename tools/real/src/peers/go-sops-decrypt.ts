import { component } from "../components/go-sops-decrypt.ts";
import { requireInstalled } from "../installed.ts";
import { runProgram } from "../internal/run-program.ts";

/** What our Go program on sops' `decrypt` package took for a folder, in milliseconds. */
export interface GoDecryptTimes {
  readonly files: number;
  /** One file after the other. */
  readonly sequentialMs: number;
  /** As many files at a time as there are processors. */
  readonly parallelMs: number;
  /** Of all plaintexts together. */
  readonly bytes: number;
}

/**
 * Decrypts every `*.yaml` of a folder in one Go process, and says how long it took without the start of the process.
 *
 * @throws {RealError} `not-installed`; `command-failed` when one of the files is not decrypted.
 */
export async function goDecryptTimes(folder: string, ageKey: string): Promise<GoDecryptTimes> {
  const installed = await requireInstalled(component);
  const env = { PATH: process.env["PATH"], HOME: installed.directory, SOPS_AGE_KEY: ageKey };
  const { stdout } = await runProgram(installed.path("go-sops-decrypt"), [folder], { env });
  return JSON.parse(stdout) as GoDecryptTimes;
}
