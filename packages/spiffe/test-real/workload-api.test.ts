import { X509Source } from "@idstack/spiffe";
import { recordEvidence } from "@idstack/tool-real";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { changes } from "./behaviours/changes.ts";
import { goSpiffeBehaviours } from "./behaviours/go-spiffe.ts";
import { jwtBehaviours } from "./behaviours/jwt.ts";
import { jwtRules } from "./behaviours/jwt-rules.ts";
import { statusCodes } from "./behaviours/status-codes.ts";
import { x509Behaviours } from "./behaviours/x509.ts";
import { until } from "./wait.ts";
import { startDev } from "./workload-api/dev.ts";
import { startSpireWorkloadApi } from "./workload-api/spire.ts";
import type { WorkloadApi } from "./workload-api/workload-api.ts";

/** Behaviours by name: how many of the two showed it. */
const shown = new Map<string, number>();
const apis = [
  ["the Workload API of SPIRE", startSpireWorkloadApi],
  ["the Workload API for development", startDev],
] as const;

describe.each(apis)("%s", (_, start) => {
  let api: WorkloadApi;
  beforeAll(async () => {
    api = await start();
    await api.register("web", [{ path: "/web", dnsNames: ["web.internal", "www.internal"] }]);
    await api.register("several", [
      { path: "/one", hint: "internal" },
      { path: "/two", hint: "external", jwtTtl: 90 },
      { path: "/three", hint: "internal" },
    ]);
    await api.register("abroad", [{ path: "/abroad" }]);
    for (const [workload, identities] of [
      ["web", 1],
      ["several", 2],
      ["abroad", 1],
    ] as const) {
      await using source = await X509Source.open({ address: api.address(workload) });
      await until(source, ({ svids, bundles }) => svids.length === identities && bundles.size === 2);
    }
  });
  afterAll(() => api?.[Symbol.asyncDispose]());
  afterEach(({ task }) => {
    const passed = task.result?.state === "pass" ? 1 : 0;
    shown.set(task.name, (shown.get(task.name) ?? 0) + passed);
  });

  describe("X.509", () => x509Behaviours(() => api));
  describe("JWT", () => jwtBehaviours(() => api));
  describe("validation of JWT-SVIDs", () => jwtRules(() => api));
  describe("status codes", () => statusCodes(() => api));
  describe("go-spiffe", () => goSpiffeBehaviours(() => api));
  describe("changes", () => changes(() => api));
});

afterAll(async () => {
  const mismatches = [...shown.values()].filter((times) => times !== apis.length).length;
  await recordEvidence({
    component: "spire",
    proves: "the development Workload API behaves as SPIRE's agent",
    checked: shown.size,
    unit: "behaviours",
    mismatches,
  });
});
