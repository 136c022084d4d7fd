#!/usr/bin/env node
import { nodeProblem } from "./internal/node-problem.ts";

const args = process.argv.slice(2);
const problem = nodeProblem(process.versions.node);
if (problem === undefined) await run();
else refuse(problem);

/** Everything else is imported here, so that an old Node gets to say what is wrong before it meets newer syntax. */
async function run(): Promise<void> {
  const { followStreams, hideExperimentalWarnings, keepStdoutClean } = await import("./internal/process-streams.ts");
  const streams = followStreams();
  hideExperimentalWarnings();
  keepStdoutClean();
  const [{ main }, { processIo }] = await Promise.all([import("./main.ts"), import("./io.ts")]);
  const status = await main(args, processIo());
  process.exitCode = streams.broken ? 3 : status;
}

function refuse(message: string): void {
  if (args.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ error: { code: "unsupported-node", message } }, null, 2)}\n`);
  } else process.stderr.write(`idstack: ${message}\n`);
  process.exitCode = 2;
}
