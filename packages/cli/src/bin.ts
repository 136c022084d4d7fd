#!/usr/bin/env node
import { nodeProblem } from "./internal/node-problem.ts";

const args = process.argv.slice(2);
const problem = nodeProblem(process.versions.node);
if (problem === undefined) run().catch(fail);
else refuse(problem);

/** Everything else is imported here, so that an old Node gets to say what is wrong before it meets newer syntax. */
async function run(): Promise<void> {
  const [{ main }, { processIo }, { guardExit }, streams] = await Promise.all([
    import("./main.ts"),
    import("./io.ts"),
    import("./internal/guard-exit.ts"),
    import("./internal/process-streams.ts"),
  ]);
  const done = guardExit(args);
  const output = streams.followStreams();
  streams.hideExperimentalWarnings();
  streams.keepStdoutClean();
  const status = await main(args, processIo());
  process.exitCode = output.broken ? 3 : status;
  done();
  // A declaration may have left timers or connections behind; what was written goes out first.
  process.stdout.write("", () => process.stderr.write("", () => setImmediate(() => process.exit())));
}

/** The installation is broken: `main` itself never throws. */
function fail(error: unknown): void {
  process.stderr.write(`idstack: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 3;
}

function refuse(message: string): void {
  if (args.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ error: { code: "unsupported-node", message } }, null, 2)}\n`);
  } else process.stderr.write(`idstack: ${message}\n`);
  process.exitCode = 2;
}
