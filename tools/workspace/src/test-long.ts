import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./workspace.ts";

/** All tests in their long form: generated cases by the thousands, the real programs included. Takes hours. */
const env = { ...process.env, IDSTACK_LONG: "1" };
const commands = [
  [join(root, "node_modules/.bin/nx"), "run-many", "-t", "test", "--skip-nx-cache", "--parallel=1"],
  [process.execPath, join(root, "tools/real/src/cli.ts"), "test"],
] as const;

for (const [program, ...args] of commands) {
  const { status } = spawnSync(program, args, { cwd: root, env, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
