import type { Component } from "../component.ts";
import { RealError } from "../errors.ts";
import { install } from "../install.ts";
import { formatDuration } from "../internal/duration.ts";
import { table } from "../internal/table.ts";
import { clearEvidence, readEvidence, renderEvidence } from "../suites/evidence.ts";
import { realSuites, runSuites } from "../suites/run-suites.ts";

/**
 * Installs what the cache lacks, runs the real suites (all, or the directories named) and prints what was proved with
 * which version. Answers whether everything passed.
 *
 * @throws {RealError} `interrupted`, or what {@link install} throws.
 */
export async function test(
  components: readonly Component[],
  suites: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  for (const component of components) await install(component, { signal });
  await clearEvidence();
  const results = await runSuites(suites.length === 0 ? realSuites() : suites, signal);
  if (signal.aborted) throw new RealError("interrupted", "interrupted, the suites were stopped");
  const evidence = await readEvidence();
  const summary = results.map(({ suite, passed, ms }) => [suite, passed ? "passed" : "FAILED", formatDuration(ms)]);
  process.stdout.write(`\n${table(["suite", "", "time"], summary)}\n${renderEvidence(evidence)}`);
  return results.every(({ passed }) => passed) && evidence.every(({ mismatches }) => mismatches === 0);
}
