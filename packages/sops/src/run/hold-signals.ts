/** Those that end a process, or that Node itself would answer. */
const HELD = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** Signals that do not end this process, but wait for somebody to take them. */
export interface HeldSignals extends Disposable {
  /** Gives every signal to `take`: those that came before, and from now on. */
  deliver(take: (signal: NodeJS.Signals) => void): void;
  /** The next signal, or the first that came before. Waiting for it does not keep a process going that has nothing to do. */
  next(): Promise<NodeJS.Signals>;
}

/**
 * Holds signals until disposed, so that files and sockets can be removed before the process ends.
 *
 * @example
 * import { setTimeout as pause } from "node:timers/promises";
 * import { holdSignals } from "@idstack/sops";
 * using signals = holdSignals();
 * process.kill(process.pid, "SIGTERM");
 * await pause(100); // work that must be finished
 * console.log(await signals.next()); // SIGTERM
 */
export function holdSignals(): HeldSignals {
  const waiting: NodeJS.Signals[] = [];
  const wait = (signal: NodeJS.Signals): void => void waiting.push(signal);
  let take = wait;
  const listener = (signal: NodeJS.Signals): void => take(signal);
  const held = process.platform === "win32" ? HELD.slice(0, 3) : HELD;
  for (const signal of held) process.on(signal, listener);
  return {
    deliver(taker) {
      take = taker;
      for (const signal of waiting.splice(0)) taker(signal);
    },
    async next() {
      const first = waiting.shift();
      if (first !== undefined) return first;
      return await new Promise((resolve) => {
        take = (signal) => {
          take = wait;
          resolve(signal);
        };
      });
    },
    [Symbol.dispose]() {
      for (const signal of held) process.off(signal, listener);
    },
  };
}
