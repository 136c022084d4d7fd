import { describe, expect, test } from "vitest";
import "../src/vitest/index.ts";
import { clusterOf, cnp } from "./fixtures.ts";

const deny = cnp("apps/deny", { endpointSelector: { matchLabels: { app: "api" } }, ingress: [{}] });
const odd = cnp("data/odd", { endpointSelector: {}, ingress: [{ fromFriends: [] }] });
const cluster = clusterOf([deny, odd]);
const denied = cluster.flow("apps/web", "apps/api", "tcp/8080");
const allowed = cluster.flow("apps/api", "apps/web", "tcp/8080");
const mixed = cluster.flow("apps/web", "apps/*", "tcp/8080");
const unknown = cluster.flow("apps/web", "data/db", "tcp/8080");

describe("matchers", () => {
  test("pass on exactly their verdict", () => {
    expect(allowed).toBeAllowed();
    expect(denied).toBeBlocked();
    expect(allowed).not.toBeBlocked();
    expect(denied).not.toBeAllowed();
  });

  test.each([
    ["allowed", allowed],
    ["mixed", mixed],
    ["unknown", unknown],
  ])("toBeBlocked fails on %s", (_name, result) => {
    expect(() => expect(result).toBeBlocked()).toThrow(/to be denied/);
    expect(() => expect(result).not.toBeAllowed()).toThrow(/to be denied/);
  });

  test.each([
    ["denied", denied],
    ["mixed", mixed],
    ["unknown", unknown],
  ])("toBeAllowed fails on %s", (_name, result) => {
    expect(() => expect(result).toBeAllowed()).toThrow(/to be allowed/);
    expect(() => expect(result).not.toBeBlocked()).toThrow(/to be allowed/);
  });

  test("a failure prints the flow, the rule and what would fix it", () => {
    expect(() => expect(denied).toBeAllowed()).toThrow(
      /expected apps\/web → apps\/api tcp\/8080 to be allowed\n\n[\s\S]*default deny by CiliumNetworkPolicy apps\/deny spec.ingress\[0\][\s\S]*What would fix it:/,
    );
  });

  test("refuse what is no answer", () => {
    expect(() => expect("apps/web").toBeAllowed()).toThrow(/the result of cluster.flow/);
  });
});
