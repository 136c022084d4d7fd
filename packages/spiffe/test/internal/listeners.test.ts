import { expect, it } from "vitest";
import { Listeners } from "../../src/internal/listeners.ts";

it("several reads at once are answered in order, and all of them at the end", async () => {
  const listeners = new Listeners<number>();
  const reader = listeners.iterate();
  const reads = [reader.next(), reader.next(), reader.next(), reader.next()];
  listeners.emit(1);
  listeners.emit(2);
  listeners.end();
  const done = { done: true, value: undefined };
  expect(await Promise.all(reads)).toEqual([{ done: false, value: 1 }, { done: false, value: 2 }, done, done]);
});

it("a reader that never comes back does not collect values for ever: the newest are kept", async () => {
  const listeners = new Listeners<number>();
  const reader = listeners.iterate();
  for (let value = 1; value <= 10_000; value += 1) listeners.emit(value);
  listeners.end();
  const values: number[] = [];
  for await (const value of reader) values.push(value);
  expect(values).toHaveLength(64);
  expect(values.at(-1)).toBe(10_000);
});
