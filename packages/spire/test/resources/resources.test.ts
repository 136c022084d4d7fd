import { validate } from "@idstack/manifests";
import { describe, expect, test } from "vitest";
import { clusterFederatedTrustDomain, clusterSpiffeId, clusterStaticEntry } from "../../src/index.ts";

describe("clusterSpiffeId", () => {
  test("names pods by namespace and service account", () => {
    const object = clusterSpiffeId({
      name: "apps-web",
      namespaces: ["apps"],
      pods: { "app.kubernetes.io/name": "web" },
    });
    expect(validate([object])).toEqual([]);
    expect(object.metadata).toEqual({ name: "apps-web" });
    expect(object.spec).toEqual({
      spiffeIDTemplate: "spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}",
      namespaceSelector: {
        matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["apps"] }],
      },
      podSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
    });
  });

  test("every option reaches a field the API server knows", () => {
    const object = clusterSpiffeId({
      name: "apps-web",
      labels: { team: "me" },
      annotations: { note: "x" },
      className: "spire-spire",
      template: "spiffe://{{ .TrustDomain }}/{{ .ClusterName }}/web",
      namespaces: { matchLabels: { team: "me" } },
      pods: { selector: { matchExpressions: [{ key: "tier", operator: "Exists" }] } },
      ttl: "1h",
      jwtTtl: "5m",
      dnsNames: ["{{ .PodMeta.Name }}"],
      federatesWith: ["other.example"],
      hint: "internal",
      spec: { autoPopulateDNSNames: true },
    });
    expect(validate([object])).toEqual([]);
    expect(object.spec).toMatchObject({
      className: "spire-spire",
      namespaceSelector: { matchLabels: { team: "me" } },
      podSelector: { matchExpressions: [{ key: "tier", operator: "Exists" }] },
      federatesWith: ["other.example"],
      autoPopulateDNSNames: true,
    });
  });

  test.each([{}, { pods: {} }, { namespaces: { matchLabels: {} } }])(
    "selecting every pod by %j is refused",
    (selection) => {
      expect(() => clusterSpiffeId({ name: "all", ...selection })).toThrow(/selects every pod/);
      expect(validate([clusterSpiffeId({ name: "all", ...selection, everyPod: true })])).toEqual([]);
    },
  );

  test("no namespace at all is refused", () => {
    expect(() => clusterSpiffeId({ name: "none", namespaces: [] })).toThrow(/selects nothing/);
  });

  test.each(["{{ .TrustDomain }}/ns/x", "spiffe://{{ .TrustDomain }}/ns//x", "spiffe://{{ .TrustDomain }}/ns/ü"])(
    "the template %j cannot give a SPIFFE ID",
    (template) => {
      expect(() => clusterSpiffeId({ name: "x", namespaces: ["apps"], template })).toThrow(/SPIFFE ID/i);
    },
  );

  test("a malformed lifetime is refused", () => {
    expect(() => clusterSpiffeId({ name: "x", namespaces: ["apps"], ttl: "1 hour" })).toThrow(/ttl "1 hour"/);
  });

  test("a misspelt passthrough field is found with its path", () => {
    // @ts-expect-error autoPopulateDnsNames is spelt autoPopulateDNSNames
    const object = clusterSpiffeId({ name: "x", namespaces: ["apps"], spec: { autoPopulateDnsNames: true } });
    expect(validate([object])).toMatchObject([{ severity: "error", path: "spec.autoPopulateDnsNames" }]);
  });
});

describe("clusterStaticEntry", () => {
  const base = {
    name: "nas",
    spiffeId: "spiffe://homelab.internal/nas",
    parentId: "spiffe://homelab.internal/spire/agent/nas",
    selectors: ["unix:uid:1000"],
  };

  test("every option reaches a field the API server knows", () => {
    const lifetimes = { ttl: "2h", jwtTtl: "5m" };
    const object = clusterStaticEntry({ ...base, ...lifetimes, dnsNames: ["nas"], federatesWith: ["b.c"], hint: "x" });
    expect(validate([object])).toEqual([]);
    expect(object.spec).toEqual({
      spiffeID: "spiffe://homelab.internal/nas",
      parentID: "spiffe://homelab.internal/spire/agent/nas",
      selectors: ["unix:uid:1000"],
      x509SVIDTTL: "2h",
      jwtSVIDTTL: "5m",
      dnsNames: ["nas"],
      federatesWith: ["b.c"],
      hint: "x",
    });
  });

  test.each([
    ["a parent of another trust domain", { parentId: "spiffe://other.example/agent" }, /another trust domain/],
    ["no selectors", { selectors: [] }, /has no selectors/],
    ["a selector without a type", { selectors: ["uid"] }, /"uid" of nas is not type:value/],
    ["an ID that is none", { spiffeId: "nas" }, /SPIFFE ID/i],
  ])("refuses %s", (_, wrong, message) => {
    expect(() => clusterStaticEntry({ ...base, ...wrong })).toThrow(message);
  });

  test("a misspelt passthrough field is found with its path", () => {
    // @ts-expect-error storeSvid is spelt storeSVID
    const object = clusterStaticEntry({ ...base, spec: { storeSvid: true } });
    expect(validate([object])).toMatchObject([{ severity: "error", path: "spec.storeSvid" }]);
  });
});

describe("clusterFederatedTrustDomain", () => {
  const base = { name: "other", trustDomain: "other.example", url: "https://bundle.other.example:8443" };

  test("web PKI or a SPIFFE ID vouches for the endpoint", () => {
    const web = clusterFederatedTrustDomain(base);
    const endpointSpiffeId = "spiffe://other.example/spire/server";
    const spiffe = clusterFederatedTrustDomain({ ...base, endpointSpiffeId, bundle: "{}", className: "c" });
    expect(validate([web, spiffe])).toEqual([]);
    expect(web.spec.bundleEndpointProfile).toEqual({ type: "https_web" });
    expect(spiffe.spec).toMatchObject({
      bundleEndpointProfile: { type: "https_spiffe", endpointSPIFFEID: endpointSpiffeId },
      trustDomainBundle: "{}",
    });
  });

  test("a bundle without TLS is refused", () => {
    expect(() => clusterFederatedTrustDomain({ ...base, url: "http://x" })).toThrow(/not an HTTPS URL/);
  });

  test("a misspelt passthrough field is found with its path", () => {
    // @ts-expect-error bundleEndpointUrl is spelt bundleEndpointURL
    const object = clusterFederatedTrustDomain({ ...base, spec: { bundleEndpointUrl: "https://x" } });
    expect(validate([object])).toMatchObject([{ severity: "error", path: "spec.bundleEndpointUrl" }]);
  });
});
