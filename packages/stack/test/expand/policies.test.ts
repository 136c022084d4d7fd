import { expect, test } from "vitest";
import { checkDeclaration, expand } from "../../src/index.ts";
import { base, full, onKubernetes, service, small, stackOf } from "../fixtures.ts";

test("what the plug-in cannot enforce is told where it was declared", () => {
  const declaration = {
    ...small,
    cluster: { ...base.cluster, cni: "kubernetes" as const },
    services: {
      ...small.services,
      web: {
        ...service(small, "web"),
        egress: ["192.168.1.20:443", "api.example.com:443"],
        calls: [{ service: "api", http: [{ method: "GET" }] }],
      },
    },
  };
  expect(checkDeclaration(declaration)).toEqual([
    {
      code: "policy/lost-http",
      severity: "error",
      path: "services.web.calls[0].http",
      message: expect.stringContaining("NetworkPolicy cannot express HTTP rules"),
      help: 'Allow the whole port by naming the service alone, or run Cilium: `cni: "cilium"`.',
    },
    {
      code: "policy/lost-fqdn",
      severity: "error",
      path: "services.web.egress[1]",
      message: expect.stringContaining("NetworkPolicy cannot express DNS names as peers"),
      help: 'Write the address instead of the name, or run Cilium: `cni: "cilium"`.',
    },
  ]);
});

test("a bucket by name is told once, however many databases there are", () => {
  const declaration = { ...onKubernetes, backups: full.backups };
  expect(checkDeclaration(declaration).map(({ code, path }) => [code, path])).toEqual([
    ["policy/lost-fqdn", "backups.endpoint"],
  ]);
});

test("a declaration without errors has none in its expansion", () => {
  for (const declaration of [small, full, onKubernetes]) expect(expand(stackOf(declaration)).diagnostics).toEqual([]);
});

test("a namespace that denies by default keeps DNS, used or not; an open one has no policy", () => {
  const { objects } = expand(stackOf({ ...small, namespaces: { apps: {}, idle: {}, open: { defaultDeny: false } } }));
  const policies = (namespace: string) =>
    objects
      .filter(({ object }) => object.kind === "CiliumNetworkPolicy" && object.metadata?.namespace === namespace)
      .map(({ object }) => object.metadata?.name);
  expect(policies("idle")).toEqual(["default-deny", "allow-dns"]);
  expect(policies("open")).toEqual([]);
});
