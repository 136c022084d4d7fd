import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { signalGroup, spawnSupervised } from "../internal/spawn-supervised.ts";

const atOnce = 2;
const workspace = join(import.meta.dirname, "../../../..");

/**
 * Directories of the workspace with a real suite, relative to it: those with a `vitest.real.config.ts`. The longest ones,
 * those of `tools`, come first.
 */
export function realSuites(): readonly string[] {
  const configs = globSync("{tools,packages,examples}/*/vitest.real.config.ts", { cwd: workspace });
  return configs.map(dirname).sort().reverse();
}

export interface SuiteResult {
  readonly suite: string;
  readonly passed: boolean;
  readonly ms: number;
}

/**
 * Runs real suites, two at a time, since much of each is waiting. The output of a suite comes whole when it ends, of a
 * single one as it goes. None outlives this process: a signal, and even our sudden death, end the tests and with them
 * everything they started.
 *
 * @returns In the order of `suites`.
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
  const results = new Map<number, SuiteResult>();
  const waiting = [...suites.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const [index, suite] = next;
      const began = performance.now();
      const status = await runVitest(join(root, suite), signal, suites.length === 1 ? undefined : `\n--- ${suite}\n`);
      results.set(index, { suite, passed: status === 0, ms: performance.now() - began });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}

/** With a `head` the output is held back and printed below it. */
async function runVitest(directory: string, signal: AbortSignal, head: string | undefined): Promise<number | null> {
  const vitest = join(workspace, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--config", "vitest.real.config.ts"];
  const output = head === undefined ? ([1, 2] as const) : (["pipe", "pipe"] as const);
  const child = spawnSupervised(process.execPath, args, { cwd: directory, stdio: ["ignore", ...output] });
  const written: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => written.push(chunk));
  const stop = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, "SIGTERM");
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const [status] = (await once(child, "close")) as [number | null];
    if (head !== undefined) process.stdout.write(Buffer.concat([Buffer.from(head), ...written]));
    return status;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
