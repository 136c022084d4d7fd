import { describe, expect, it } from "vitest";
import { allow, defaultDeny, dns } from "../../src/index.ts";

const port = ["tcp/80"] as const;

describe("intents that would match nothing or everything by accident", () => {
  it.each<[string, () => unknown, string]>([
    ["no ports", () => allow({ from: "a/b", to: "a/c", ports: [] }), 'write "all" for every port'],
    ["no labels", () => allow({ from: "a/b", to: { namespace: "a", labels: {} }, ports: port }), 'write "a/*"'],
    ["every namespace", () => allow({ from: "*/*", to: "a/c", ports: port }), "spans namespaces"],
    ["no name", () => allow({ from: "a/", to: "a/c", ports: port }), 'is not "namespace/name"'],
    ["too many parts", () => allow({ from: "a/b/c", to: "a/c", ports: port }), 'is not "namespace/name"'],
    [
      "namespace in upper case",
      () => allow({ from: "A/b", to: "a/c", ports: port }),
      "is not a name of lower-case letters",
    ],
    [
      "label with prefix",
      () => allow({ from: { namespace: "a", labels: { "k8s:app": "x" } }, to: "a/c", ports: port }),
      "without its source prefix",
    ],
    ["entity none", () => allow({ from: { entity: "none" }, to: "a/c", ports: port }), "matches nothing"],
    [
      "neither side inside",
      () => allow({ from: { entity: "world" }, to: { cidr: "10.0.0.0/8" }, ports: port }),
      "neither side is in the cluster",
    ],
    [
      "side without pods",
      () => allow({ from: "a/b", to: { entity: "world" }, ports: port, sides: "ingress" }),
      "no pods to write a policy for",
    ],
    ["host bits", () => allow({ from: "a/b", to: { cidr: "10.0.0.1/8" }, ports: port }), "bits set beyond its prefix"],
    ["not a CIDR", () => allow({ from: "a/b", to: { cidr: "10.0.0/8" }, ports: port }), "is not a CIDR"],
    [
      "except outside",
      () => allow({ from: "a/b", to: { cidr: "10.0.0.0/8", except: ["11.0.0.0/16"] }, ports: port }),
      "lies outside",
    ],
    [
      "except of the other family",
      () => allow({ from: "a/b", to: { cidr: "::/0", except: ["10.0.0.0/8"] }, ports: port }),
      "lies outside",
    ],
    ["not a DNS name", () => allow({ from: "a/b", to: { fqdn: "https://x" }, ports: port }), "is not a DNS name"],
    ["port zero", () => allow({ from: "a/b", to: "a/c", ports: ["tcp/0"] }), "is not a port"],
    ["port too high", () => allow({ from: "a/b", to: "a/c", ports: ["tcp/70000"] }), "is not a port"],
    ["backward range", () => allow({ from: "a/b", to: "a/c", ports: ["tcp/90-80"] }), "is not a port"],
    ["no HTTP rule", () => allow({ from: "a/b", to: "a/c", ports: port, http: [] }), "leave http out"],
    ["empty HTTP rule", () => allow({ from: "a/b", to: "a/c", ports: port, http: [{}] }), "allows every request"],
    [
      "relative path",
      () => allow({ from: "a/b", to: "a/c", ports: port, http: [{ path: "v1/.*" }] }),
      'paths begin with "/"',
    ],
    [
      "lower-case method",
      () => allow({ from: "a/b", to: "a/c", ports: port, http: [{ method: "get" }] }),
      "upper case",
    ],
    ["look-ahead", () => allow({ from: "a/b", to: "a/c", ports: port, http: [{ path: "/(?!x)" }] }), "RE2"],
    [
      "broken regex",
      () => allow({ from: "a/b", to: "a/c", ports: port, http: [{ path: "/(" }] }),
      "not a regular expression",
    ],
    [
      "HTTP over UDP",
      () => allow({ from: "a/b", to: "a/c", ports: ["udp/80"], http: [{ method: "GET" }] }),
      "need TCP",
    ],
    ["HTTP on all ports", () => allow({ from: "a/b", to: "a/c", ports: "all", http: [{ method: "GET" }] }), "need TCP"],
    ["deny of nothing", () => defaultDeny("a", { ingress: false, egress: false }), "both directions are off"],
    ["no DNS names", () => dns("a", { names: [] }), "no names"],
  ])("%s", (_, build, message) => {
    expect(build).toThrow(TypeError);
    expect(build).toThrow(message);
  });
});

describe("intents that do not compile", () => {
  it("needs types", () => {
    // @ts-expect-error a namespace alone names no pods
    expect(() => allow({ from: "apps", to: "a/c", ports: port })).toThrow(TypeError);
    // @ts-expect-error a protocol is needed
    expect(() => allow({ from: "a/b", to: "a/c", ports: ["8080"] })).toThrow(TypeError);
    // @ts-expect-error a DNS name cannot be a source
    expect(() => allow({ from: { fqdn: "x.org" }, to: "a/c", ports: port })).toThrow(TypeError);
    // @ts-expect-error not an entity of Cilium; schema validation of the object finds it at run time
    expect(() => allow({ from: { entity: "internet" }, to: "a/c", ports: port })).not.toThrow();
  });
});
