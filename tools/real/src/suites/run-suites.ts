import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { signalGroup, spawnSupervised } from "../internal/spawn-supervised.ts";

const workspace = join(import.meta.dirname, "../../../..");

/** Directories of the workspace with a real suite, relative to it: those with a `vitest.real.config.ts`. */
export function realSuites(): readonly string[] {
  return globSync("{tools,packages,examples}/*/vitest.real.config.ts", { cwd: workspace }).map(dirname).sort();
}

export interface SuiteResult {
  readonly suite: string;
  readonly passed: boolean;
  readonly ms: number;
}

/**
 * Runs real suites one after the other, with their output on ours. None outlives this process: a signal, and even our
 * sudden death, end the tests and with them everything they started.
 *
 * @throws {RangeError} When a named directory has no real suite.
 */
export async function runSuites(
  suites: readonly string[],
  signal: AbortSignal,
  root = workspace,
): Promise<readonly SuiteResult[]> {
  for (const suite of suites) {
    if (existsSync(join(root, suite, "vitest.real.config.ts"))) continue;
    throw new RangeError(`${suite} has no real suite. There are: ${realSuites().join(", ")}.`);
  }
  const results: SuiteResult[] = [];
  for (const suite of suites) {
    if (signal.aborted) break;
    const began = performance.now();
    process.stdout.write(`\n--- ${suite}\n`);
    const status = await runVitest(join(root, suite), signal);
    results.push({ suite, passed: status === 0, ms: performance.now() - began });
  }
  return results;
}

async function runVitest(directory: string, signal: AbortSignal): Promise<number | null> {
  const vitest = join(workspace, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--config", "vitest.real.config.ts"];
  const child = spawnSupervised(process.execPath, args, { cwd: directory, stdio: ["ignore", 1, 2] });
  const stop = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, "SIGTERM");
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const [status] = (await once(child, "exit")) as [number | null];
    return status;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
