import { setTimeout as delay } from "node:timers/promises";
import { RealError } from "../errors.ts";
import type { SupervisedProcess } from "./supervised-process.ts";

export interface UntilReadyOptions {
  /** Completes "… is not …", such as `healthy`. */
  readonly state: string;
  readonly within?: number;
  readonly every?: number;
}

/**
 * Asks `probe` until it answers true. Gives up at once when the process ends, and after `within` milliseconds, in both
 * cases with the tail of the log.
 */
export async function untilReady(
  child: SupervisedProcess,
  probe: () => Promise<boolean>,
  { state, within = 60_000, every = 50 }: UntilReadyOptions,
): Promise<void> {
  const giveUp = Date.now() + within;
  let cause: unknown;
  for (;;) {
    if (child.end !== undefined) {
      throw new RealError("start-failed", `${child.name} ended (${child.end})\n${child.log.excerpt()}`, { cause });
    }
    try {
      if (await probe()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > giveUp) {
      const reason = cause instanceof Error ? `: ${cause.message}` : "";
      const message = `${child.name} is not ${state} after ${within / 1000} s${reason}\n${child.log.excerpt()}`;
      throw new RealError("not-ready", message, { cause });
    }
    await delay(every);
  }
}
