import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CiliumPolicy, type CiliumRequest, ciliumPolicy } from "../src/index.ts";

const pod = (id: string) => ({ id, kind: "pod", namespace: "apps", name: id, labels: { app: id } }) as const;
const onlyWeb = {
  apiVersion: "cilium.io/v2",
  kind: "CiliumNetworkPolicy",
  metadata: { name: "db", namespace: "apps" },
  spec: {
    endpointSelector: { matchLabels: { app: "db" } },
    ingress: [
      { fromEndpoints: [{ matchLabels: { app: "web" } }], toPorts: [{ ports: [{ port: "5432", protocol: "TCP" }] }] },
    ],
  },
};
const request = (from: string, port = 5432, policies: readonly object[] = [onlyWeb]): CiliumRequest => ({
  namespaces: [{ name: "apps" }],
  endpoints: ["web", "db", "other"].map(pod),
  policies,
  queries: [{ from, to: "db", protocol: "TCP", port }],
});

describe("ciliumPolicy", () => {
  let engine: CiliumPolicy;
  beforeAll(async () => {
    engine = await ciliumPolicy();
  });
  afterAll(async () => {
    await engine?.close();
  });

  it("allows what a rule allows, and names it", async () => {
    const { decisions, parseErrors } = await engine.decide(request("web"));
    expect(parseErrors).toEqual([]);
    expect(decisions[0]?.ingress).toMatchObject({ enforced: true, allowed: true });
    expect(decisions[0]?.ingress.rules.join()).toContain("apps/db");
  });

  it("denies the rest by default, and everything passes without policies", async () => {
    const allowed = async (each: CiliumRequest) => (await engine.decide(each)).decisions[0]?.ingress.allowed;
    expect(await allowed(request("other"))).toBe(false);
    expect(await allowed(request("web", 5433))).toBe(false);
    expect(await allowed(request("other", 5432, []))).toBe(true);
  });

  it("answers many requests that are under way together", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => engine.decide(request(index % 2 === 0 ? "web" : "other"))),
    );
    expect(answers.map(({ decisions }) => decisions[0]?.ingress.allowed)).toEqual(
      Array.from({ length: 100 }, (_, index) => index % 2 === 0),
    );
  });

  it("reports a policy that the API server would refuse", async () => {
    const wrong = { ...onlyWeb, spec: { ...onlyWeb.spec, endpointSelector: { matchLabels: { app: 1 } } } };
    const { parseErrors } = await engine.decide(request("web", 5432, [wrong]));
    expect(parseErrors).toHaveLength(1);
  });
});
