/** Those that end a process, or that Node itself would answer. */
const HELD = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** Signals that do not end this process, but wait for somebody to take them. */
export interface HeldSignals extends Disposable {
  /** Gives every signal to `take`: those that came before, and from now on. */
  deliver(take: (signal: NodeJS.Signals) => void): void;
  /** The next signal, or the first that came before. */
  next(): Promise<NodeJS.Signals>;
}

/**
 * Holds signals until disposed, so that files and sockets can be removed before the process ends.
 *
 * @example
 * import { holdSignals } from "@idstack/sops";
 * using signals = holdSignals();
 * process.kill(process.pid, "SIGTERM");
 * console.log(await signals.next()); // SIGTERM
 */
export function holdSignals(): HeldSignals {
  const waiting: NodeJS.Signals[] = [];
  let take = (signal: NodeJS.Signals): void => void waiting.push(signal);
  const listener = (signal: NodeJS.Signals): void => take(signal);
  const held = process.platform === "win32" ? HELD.slice(0, 3) : HELD;
  for (const signal of held) process.on(signal, listener);
  const deliver: HeldSignals["deliver"] = (taker) => {
    take = taker;
    for (const signal of waiting.splice(0)) taker(signal);
  };
  return {
    deliver,
    next: () => new Promise((resolve) => deliver(resolve)),
    [Symbol.dispose]() {
      for (const signal of held) process.off(signal, listener);
    },
  };
}
