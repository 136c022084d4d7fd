import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Names one process for as long as the machine runs, and in a way that survives reuse of its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the system's own notation; two processes with one number differ here. */
  readonly started: string;
  /** Machine, boot and process namespace: numbers from elsewhere say nothing here. */
  readonly machine: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) ?? "", machine: thisMachine() };
}

/** `undefined` when nothing can be said: the process belongs to another machine or container. */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  if (identity.machine !== thisMachine()) return undefined;
  const started = startOf(identity.pid);
  return started !== undefined && started === identity.started;
}

function thisMachine(): string {
  const parts = [hostname()];
  try {
    parts.push(readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(), readlinkSync("/proc/self/ns/pid"));
  } catch {
    // Not Linux: the host name has to do.
  }
  return parts.join(" ");
}

function startOf(pid: number): string | undefined {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name in parentheses may hold anything, so fields count from its end: state is the first, start the 20th.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
