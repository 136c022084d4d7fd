import type { KubeObject } from "@idstack/manifests";
import { createCluster } from "@idstack/reach";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allow, compile, defaultDeny, dns, type Intent } from "../../src/index.ts";
import { expected, type Place, type Question, type Target } from "./expected.ts";

const RUNS = { numRuns: process.env["SLOW"] === undefined ? 40 : 2000 };
const TIMEOUT = process.env["SLOW"] === undefined ? 30_000 : 900_000;

const PODS: readonly Extract<Place, { kind: "pod" }>[] = [
  { namespace: "apps", labels: { "app.kubernetes.io/name": "web" } },
  { namespace: "apps", labels: { "app.kubernetes.io/name": "api", tier: "back" } },
  { namespace: "data", labels: { "app.kubernetes.io/name": "db", tier: "back" } },
  { namespace: "open", labels: { "app.kubernetes.io/name": "web" } },
  { namespace: "kube-system", labels: { "k8s-app": "kube-dns", "app.kubernetes.io/name": "coredns" } },
].map((pod) => ({ kind: "pod", ...pod }));
const OUTSIDE: readonly Place[] = [
  { kind: "address", ip: "203.0.113.7" },
  { kind: "address", ip: "203.0.113.200" },
  { kind: "address", ip: "8.8.8.8" },
  { kind: "name", fqdn: "api.example.com", ip: "198.51.100.1" },
  { kind: "name", fqdn: "www.example.org", ip: "198.51.100.2" },
];
const API_SERVER: Place = { kind: "api-server" };

const workloads: KubeObject[] = PODS.flatMap(({ namespace, labels }) => {
  const name = labels["app.kubernetes.io/name"] ?? "";
  const spec = { containers: [{ name, image: name }] };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels }, spec };
  const home = { name: namespace, labels: { "kubernetes.io/metadata.name": namespace } };
  return [{ apiVersion: "v1", kind: "Namespace", metadata: home }, pod];
});

const REQUESTS = [
  { method: "GET", path: "/v1/items" },
  { method: "POST", path: "/v1/items" },
  { method: "GET", path: "/admin" },
] as const;

const namespaces = fc.constantFrom("apps", "data", "open");
const pods = fc.oneof(
  fc
    .constantFrom("apps/web", "apps/api", "apps/*", "data/db", "data/*", "open/*", "apps/gone")
    .map((ref) => ref as `${string}/${string}`),
  namespaces.map((namespace) => ({ namespace, labels: { tier: "back" } })),
);
const outside = fc.oneof(
  fc.constantFrom("world", "all", "kube-apiserver", "cluster").map((entity) => ({ entity }) as const),
  fc.constantFrom(
    { cidr: "203.0.113.0/24" },
    { cidr: "203.0.113.0/24", except: ["203.0.113.128/25"] },
    { cidr: "8.8.8.8/32" },
    { cidr: "198.51.100.0/24" },
  ),
);
const names = fc.constantFrom("api.example.com", "*.example.com", "*.example.org").map((fqdn) => ({ fqdn }));
const ports = fc.constantFrom(
  ["tcp/80"],
  ["tcp/80", "udp/53"],
  ["tcp/79-81"],
  ["udp/1000-1010", "tcp/443"],
  "all",
) as fc.Arbitrary<"all" | `tcp/${number}`[]>;
const http = fc.option(
  fc.constantFrom([{ method: "GET" }], [{ path: "/v1/.*" }], [{ method: "POST", path: "/v1/.*" }, { path: "/admin" }]),
  { nil: undefined },
);
const sides = fc.constantFrom("both", "both", "egress", "ingress");

const allows = fc
  .oneof(
    fc.record({ from: pods, to: pods, ports, http, sides }),
    fc.record({ from: pods, to: fc.oneof(outside, names), ports, http, sides: fc.constant("both" as const) }),
    fc.record({ from: outside, to: pods, ports, http, sides: fc.constant("both" as const) }),
  )
  .map(({ http, ...options }): Intent => {
    const tcp = options.ports !== "all" && options.ports.every((port) => port.startsWith("tcp/"));
    return allow({ ...options, ...(http !== undefined && tcp && { http }) });
  });
const denies = fc
  .tuple(namespaces, fc.constantFrom({}, { egress: false }, { ingress: false }))
  .map(([namespace, options]): Intent => defaultDeny(namespace, options));
const asks = fc
  .tuple(namespaces, fc.constantFrom(undefined, ["*.example.com"], ["api.example.com", "*.example.org"]))
  .map(([namespace, names]): Intent => dns(namespace, names === undefined ? {} : { names }));
const intents = fc.array(fc.oneof({ weight: 4, arbitrary: allows }, denies, asks), { maxLength: 6 });

const pairs: readonly (readonly [Place, Place])[] = [
  ...PODS.flatMap((from) => PODS.filter((to) => to !== from).map((to) => [from, to] as const)),
  ...PODS.flatMap((pod) => [...OUTSIDE, API_SERVER].map((place) => [pod, place] as const)),
  ...PODS.flatMap((pod) =>
    [...OUTSIDE, API_SERVER].filter(({ kind }) => kind !== "name").map((place) => [place, pod] as const),
  ),
];
const questions: readonly Question[] = pairs.flatMap(([from, to]): Question[] => [
  { from, to, protocol: "TCP", port: 443 },
  { from, to, protocol: "UDP", port: 1005 },
  { from, to, protocol: "UDP", port: 53, query: "api.example.com" },
  { from, to, protocol: "UDP", port: 53, query: "elsewhere.net" },
  ...REQUESTS.map((request) => ({ from, to, protocol: "TCP" as const, port: 80, request })),
]);

function party(place: Place): string {
  if (place.kind === "pod") return `${place.namespace}/${place.labels["app.kubernetes.io/name"]}`;
  if (place.kind === "address") return `ip:${place.ip}`;
  return place.kind === "name" ? `fqdn:${place.fqdn}` : "entity:kube-apiserver";
}

/** Every question whose answer by the evaluator of the compiled objects is not the one the intents give. */
function disagreements(
  target: Target,
  given: readonly Intent[],
  objects: readonly KubeObject[] = compile(target, given).objects,
): string[] {
  const names = OUTSIDE.flatMap((place) => (place.kind === "name" ? [[place.fqdn, [place.ip]]] : []));
  const cluster = createCluster({
    objects: [...workloads, ...objects],
    facts: {
      cni: target,
      apiServer: "192.168.1.10",
      apiServerOnNode: false,
      podCidr: "10.42.0.0/16",
      dns: Object.fromEntries(names),
    },
  });
  return questions.flatMap((question) => {
    const { protocol, port, request, query } = question;
    const options = { ...(request && { http: request }), ...(query !== undefined && { dns: query }) };
    const asked = `${protocol.toLowerCase()}/${port}`;
    const { verdict } = cluster.flow(party(question.from), party(question.to), asked, options);
    const answer = expected(target, given, question) ? "allowed" : "denied";
    if (verdict === answer) return [];
    const what = `${party(question.from)} → ${party(question.to)} ${asked} ${request?.method ?? ""} ${request?.path ?? query ?? ""}`;
    return [`${what}: ${verdict}, the intents say ${answer}`];
  });
}

describe.each(["cilium", "kubernetes"] as const)("compiled for %s", (target) => {
  it(
    "lets pass exactly what an intent says",
    () => {
      fc.assert(
        fc.property(intents, (given) => {
          expect(disagreements(target, given)).toEqual([]);
        }),
        RUNS,
      );
    },
    TIMEOUT,
  );

  it("would notice an object that is missing, and one too many", () => {
    const given = [defaultDeny("apps"), allow({ from: "apps/web", to: "apps/api", ports: ["tcp/80"] })];
    const flow = "apps/web → apps/api tcp/80";
    const wide = compile(target, [allow({ from: "apps/*", to: "apps/*", ports: "all" })]).objects;
    const { objects } = compile(target, given);
    expect(disagreements(target, given, objects)).toEqual([]);
    expect(disagreements(target, given, objects.slice(0, -1)).join("\n")).toContain(
      `${flow} GET /v1/items: denied, the intents say allowed`,
    );
    expect(disagreements(target, given, [...objects, ...wide]).join("\n")).toContain(
      "apps/api → apps/web tcp/443  : allowed, the intents say denied",
    );
  });
});
