import { describe, expect, it } from "vitest";
import { service } from "../src/index.ts";

describe("service", () => {
  it("selects the pods of the same name", () => {
    expect(service({ name: "api", namespace: "apps", port: 443, targetPort: 8443, appProtocol: "https" })).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "api", namespace: "apps", labels: { "app.kubernetes.io/name": "api" } },
      spec: {
        selector: { "app.kubernetes.io/name": "api" },
        ports: [{ name: "main", port: 443, targetPort: 8443, protocol: "TCP", appProtocol: "https" }],
      },
    });
  });

  it("takes several ports, another selector and what else a Service can say", () => {
    const { spec } = service({
      name: "api",
      namespace: "apps",
      port: { https: 8443, metrics: 9090 },
      selector: { role: "api" },
      spec: { clusterIP: "None" },
    });
    expect(spec).toEqual({
      selector: { role: "api" },
      ports: [
        { name: "https", port: 8443, targetPort: 8443, protocol: "TCP" },
        { name: "metrics", port: 9090, targetPort: 9090, protocol: "TCP" },
      ],
      clusterIP: "None",
    });
  });

  it("refuses what would select nothing or mean two things", () => {
    const base = { name: "api", namespace: "apps" };
    expect(() => service({ ...base, port: 1, selector: {} })).toThrow("an empty selector selects no pods");
    expect(() => service({ ...base, port: { a: 1 }, targetPort: 2 })).toThrow("in spec.ports");
    expect(() => service({ ...base, name: "a.b", port: 1 })).toThrow("is not a name");
  });
});
