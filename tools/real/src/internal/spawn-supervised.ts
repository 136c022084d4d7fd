import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * The shell becomes the program (`exec`), so the child's number, signals and exit status are the program's own. Before
 * that it leaves a watchdog in the same process group, which reads a pipe that only our process holds open: when we are
 * gone, however we went, it ends the group. It ignores the polite signal itself, and leaves with the final one.
 */
const watchdog = `
( trap '' TERM INT HUP
  read -r _ <&3
  kill -TERM 0
  i=0
  while [ $i -lt 50 ] && kill -0 $$ 2>/dev/null; do i=$((i+1)); sleep 0.1; done
  kill -KILL 0
) </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"`;

const niceIfAny = 'if command -v nice >/dev/null 2>&1; then exec nice -n 10 "$@"; else exec "$@"; fi';

export interface SpawnSupervisedOptions {
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** For the descriptors 0, 1 and 2, and from 4 on; 3 is the watchdog's. */
  readonly stdio: readonly (number | "pipe" | "ignore")[];
  /** Run at low priority, where `nice` exists. */
  readonly nice?: boolean | undefined;
}

/** Spawns a program that never outlives this process, as the leader of a process group of its own. */
export function spawnSupervised(
  program: string,
  args: readonly string[],
  { cwd, env, stdio, nice = false }: SpawnSupervisedOptions,
): ChildProcess {
  const words = nice ? ["/bin/sh", "-c", niceIfAny, "sh", program, ...args] : [program, ...args];
  const child = spawn("/bin/sh", ["-c", watchdog, "sh", ...words], {
    cwd,
    env: env ?? process.env,
    // A session of its own: nobody's Ctrl-C reaches it but through us.
    detached: true,
    stdio: [...stdio.slice(0, 3), "pipe", ...stdio.slice(3)] as StdioOptions,
  });
  // A write to a program that has just died is told by its exit, not by an unhandled error.
  for (const stream of [child.stdin, ...child.stdio.slice(3)]) stream?.on("error", () => undefined);
  // Lets the watchdog sweep up what the program may have left in its group.
  child.once("exit", () => (child.stdio[3] as Writable).destroy());
  return child;
}

/** Signals a child of {@link spawnSupervised} and everything it started. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing left to signal.
  }
}
