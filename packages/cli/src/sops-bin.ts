#!/usr/bin/env node
import { followStreams, hideExperimentalWarnings } from "./internal/process-streams.ts";
import { processIo } from "./io.ts";
import { sopsMain } from "./sops/main.ts";

const output = followStreams("idstack-sops");
hideExperimentalWarnings();
const status = await sopsMain(process.argv.slice(2), processIo());
process.exitCode = output.broken ? 3 : status;
// Stdin may still be open; what was written goes out first.
process.stdout.write("", () => process.stderr.write("", () => setImmediate(() => process.exit())));
