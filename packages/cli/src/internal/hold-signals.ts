/** Those that would end this process at once, and the one that programs use to talk to themselves. */
const held = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"] as const;

/** Signals that do not end this process but wait for somebody to take them. */
export interface HeldSignals extends Disposable {
  /** Gives every signal to `take`: those that came before, and from now on. */
  deliver(take: (signal: NodeJS.Signals) => void): void;
  /** The next signal, or the first that came before. */
  next(): Promise<NodeJS.Signals>;
}

/** Holds signals until disposed, so that sockets and files can be removed before the process ends. */
export function holdSignals(): HeldSignals {
  const waiting: NodeJS.Signals[] = [];
  let take = (signal: NodeJS.Signals): void => void waiting.push(signal);
  const listener = (signal: NodeJS.Signals): void => take(signal);
  for (const signal of held) process.on(signal, listener);
  const deliver: HeldSignals["deliver"] = (taker) => {
    take = taker;
    for (const signal of waiting.splice(0)) taker(signal);
  };
  return {
    deliver,
    next: () => new Promise((resolve) => deliver(resolve)),
    [Symbol.dispose]: () => {
      for (const signal of held) process.off(signal, listener);
    },
  };
}
