import { describe, expect, it } from "vitest";
import { allow, compile, defaultDeny, dns, type Intent } from "../../src/index.ts";

const findings = (...intents: Intent[]) =>
  compile("cilium", intents)
    .diagnostics.filter(({ severity }) => severity !== "info")
    .map(({ code, path }) => `${code} ${path}`);

const fqdn = allow({ from: "apps/api", to: { fqdn: "api.example.com" }, ports: ["tcp/443"] });
const get = { method: "GET" };

describe("diagnostics of intents", () => {
  it("finds a DNS name whose addresses Cilium can never learn", () => {
    expect(findings(fqdn)).toEqual(["policy/fqdn-without-dns intents[0].to"]);
    expect(findings(dns("other"), fqdn)).toEqual(["policy/fqdn-without-dns intents[1].to"]);
    expect(findings(dns("apps", { names: ["*.example.org"] }), fqdn)).toEqual([
      "policy/fqdn-without-dns intents[1].to",
    ]);
  });

  it.each([["*"], ["api.example.com"], ["*.example.com"], ["**.com"], ["API.example.com"]])(
    "is content when the DNS rule %s covers the name",
    (name) => expect(findings(dns("apps", { names: [name] }), fqdn)).toEqual([]),
  );

  it.each([["*.com"], ["**.api.example.com"], ["example.com"]])("knows that %s does not cover it", (name) => {
    expect(findings(dns("apps", { names: [name] }), fqdn)).toEqual(["policy/fqdn-without-dns intents[1].to"]);
  });

  it("finds a name of the cluster itself", () => {
    const inside = allow({ from: "apps/api", to: { fqdn: "db.data.svc.cluster.local" }, ports: ["tcp/1"] });
    expect(findings(dns("apps"), inside)).toEqual(["policy/fqdn-in-cluster intents[1].to"]);
  });

  it.each<[string, Intent]>([
    ["the same peer", allow({ from: "apps/web", to: "apps/api", ports: ["tcp/80"] })],
    ["its namespace", allow({ from: "apps/*", to: "apps/*", ports: "all" })],
    ["a port range", allow({ from: { entity: "all" }, to: "apps/api", ports: ["tcp/1-1000"] })],
  ])("finds HTTP rules that an allow from %s voids", (_, wide) => {
    const narrow = allow({ from: "apps/web", to: "apps/api", ports: ["tcp/80"], http: [get] });
    expect(findings(narrow, wide)).toEqual(["policy/http-voided intents[0].http"]);
  });

  it.each<[string, Intent]>([
    ["another port", allow({ from: "apps/web", to: "apps/api", ports: ["tcp/81"] })],
    ["another peer", allow({ from: "apps/job", to: "apps/api", ports: ["tcp/80"] })],
    ["HTTP rules of its own", allow({ from: "apps/web", to: "apps/api", ports: ["tcp/80"], http: [{ path: "/" }] })],
  ])("is content with an allow of %s", (_, other) => {
    const narrow = allow({ from: "apps/web", to: "apps/api", ports: ["tcp/80"], http: [get] });
    expect(findings(narrow, other)).toEqual([]);
  });

  it("tells which pods an allow isolates by itself", () => {
    const intents = [defaultDeny("apps"), allow({ from: "apps/web", to: "data/db", ports: ["tcp/1"] })];
    expect(compile("cilium", intents).diagnostics).toEqual([
      {
        code: "policy/isolates",
        severity: "info",
        message: 'this allow isolates data/db for ingress, while "data" has no default deny in these intents',
        path: "intents[1]",
        help: 'Add defaultDeny("data"), or write only the other side with sides: "egress".',
      },
    ]);
  });
});
