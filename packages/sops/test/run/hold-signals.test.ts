import { expect, test } from "vitest";
import { holdSignals } from "../../src/index.ts";

const come = (signal: NodeJS.Signals) => process.emit(signal, signal);
const listeners = () => ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => process.listenerCount(signal));

test("signals wait for somebody to take them, in their order", () => {
  const before = listeners();
  const taken: string[] = [];
  {
    using signals = holdSignals();
    come("SIGTERM");
    come("SIGHUP");
    signals.deliver((signal) => taken.push(signal));
    come("SIGINT");
  }
  expect(taken).toEqual(["SIGTERM", "SIGHUP", "SIGINT"]);
  expect(listeners()).toEqual(before);
});

test("the next signal is one that came before, or one to come", async () => {
  using signals = holdSignals();
  come("SIGTERM");
  come("SIGHUP");
  expect(await signals.next()).toBe("SIGTERM");
  expect(await signals.next()).toBe("SIGHUP");
  const next = signals.next();
  come("SIGINT");
  come("SIGTERM");
  expect(await next).toBe("SIGINT");
  expect(await signals.next()).toBe("SIGTERM");
});
