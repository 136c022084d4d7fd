import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.ts";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
}

/** Adds up the Vitest JSON reports below a directory and prints `N passed, N failed, N skipped`. */
const files = globSync("{packages,examples,tools}/*/.report/{vitest,packed,real}.json", { cwd: root });
const reports = files.map((file) => JSON.parse(readFileSync(join(root, file), "utf8")) as VitestReport);
const sum = (pick: (report: VitestReport) => number): number =>
  reports.reduce((total, report) => total + pick(report), 0);

const passed = sum((report) => report.numPassedTests);
const failed = sum((report) => report.numFailedTests);
const skipped = sum((report) => report.numPendingTests + report.numTodoTests);
const broken = reports.filter((report) => !report.success && report.numFailedTests === 0).length;
process.stdout.write(`${passed} passed, ${failed + broken} failed, ${skipped} skipped\n`);
if (passed === 0 || failed + broken > 0) process.exitCode = 1;
