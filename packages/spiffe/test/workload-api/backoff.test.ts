import { exponentialBackoff, SpiffeError } from "@idstack/spiffe";
import { expect, it } from "vitest";

it("doubles from 200 ms to 10 s, gentler while no identity is issued", () => {
  const backoff = exponentialBackoff({ jitter: 0 });
  const denied = new SpiffeError("permission-denied", "");
  expect([1, 2, 3, 6, 7, 1000].map((attempt) => backoff(attempt, undefined))).toEqual([
    200, 400, 800, 6400, 10_000, 10_000,
  ]);
  expect([1, 2, 5].map((attempt) => backoff(attempt, denied))).toEqual([1000, 2000, 10_000]);
});

it("adds a random share", () => {
  const delays = [0, 0.5, 0.75].map((share) => exponentialBackoff({ jitter: 0.5, random: () => share })(1, undefined));
  expect(delays).toEqual([200, 250, 275]);
});
