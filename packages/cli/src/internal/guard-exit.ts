import { failureOf } from "./failure.ts";
import { failureJson } from "./report-failure.ts";
import { wantsJson } from "./wants-json.ts";

/**
 * Keeps the promise of the exit statuses where a declaration misbehaves while it is loaded: it leaves a rejected promise
 * behind, ends the process, or awaits what never comes. Call the result when the command is done.
 */
export function guardExit(args: readonly string[]): () => void {
  let done = false;
  const fail = (error: unknown): void => {
    const failure = failureOf(error);
    if (wantsJson(args) && !done) process.stdout.write(failureJson(failure));
    else process.stderr.write(`idstack: ${failure.stack ?? failure.message}\n`);
    process.exitCode = 3;
    done = true;
  };
  process.once("uncaughtException", (error) => {
    fail(error);
    process.exit();
  });
  process.once("exit", () => {
    if (!done) fail(Object.assign(new Error(cutShort), { code: "cut-short" }));
  });
  return () => {
    done = true;
  };
}

const cutShort =
  "ended before the command was done: the declaration ends the process, or awaits something that never comes";
