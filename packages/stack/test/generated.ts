import fc from "fast-check";
import type { CallInput, ServiceInput } from "../src/index.ts";
import { type StackDeclaration, secret } from "../src/index.ts";
import { base, IMAGE, infra, store } from "./fixtures.ts";

/** Counts of runs: a few by default, many with SLOW. */
export const runs = (count: number) => ({ numRuns: process.env["SLOW"] === undefined ? count : count * 50 });

const names = ["web", "api", "search", "worker"] as const;
const places = ["apps", "lab", "play"] as const;

interface Draft {
  readonly namespace: (typeof places)[number];
  readonly port: number;
  readonly calls: readonly ("plain" | "restricted" | undefined)[];
  readonly mtls: boolean;
  readonly exposed: boolean;
  readonly database: "daily" | "none" | undefined;
  readonly egress: readonly ("name" | "address")[];
  readonly secret: boolean;
}

const draft: fc.Arbitrary<Draft> = fc.record({
  namespace: fc.constantFrom(...places),
  port: fc.constantFrom(80, 8080, 8443),
  calls: fc.array(fc.constantFrom("plain" as const, "restricted" as const, undefined), {
    minLength: names.length,
    maxLength: names.length,
  }),
  mtls: fc.boolean(),
  exposed: fc.boolean(),
  database: fc.constantFrom("daily" as const, "none" as const, undefined),
  egress: fc.subarray(["name", "address"] as const),
  secret: fc.boolean(),
});

/** Small stacks of one to four services in three namespaces, open or closed, on either kind of plug-in. */
export const declarations: fc.Arbitrary<StackDeclaration> = fc
  .record({
    services: fc.array(draft, { minLength: 1, maxLength: names.length }),
    open: fc.subarray([...places]),
    cni: fc.constantFrom("cilium" as const, "kubernetes" as const),
  })
  .map(({ services, open, cni }) => {
    const isOpen = (place: string | undefined) => open.some((each) => each === place);
    return {
      ...base,
      cluster: { ...base.cluster, cni },
      secretStore: store,
      backups: { bucket: "home-backups", endpoint: "https://192.168.1.30", credentials: secret("s3") },
      namespaces: { infra, ...Object.fromEntries(places.map((place) => [place, { defaultDeny: !isOpen(place) }])) },
      platform: {
        namespace: "infra",
        spire: {},
        certManager: { ca: { secretName: "home-ca" } },
        traefik: {},
        cloudNativePg: {},
        externalSecrets: {},
      },
      services: Object.fromEntries(
        services.map((each, index) => [names[index] ?? "", toService(each, index, services, cni, isOpen)]),
      ),
    };
  });

function toService(
  each: Draft,
  index: number,
  all: readonly Draft[],
  cni: "cilium" | "kubernetes",
  isOpen: (place: string | undefined) => boolean,
): ServiceInput {
  const calls = each.calls.flatMap((kind, target): (string | CallInput)[] => {
    const name = names[target];
    const other = all[target];
    if (kind === undefined || name === undefined || other === undefined || target === index) return [];
    const enforced = !isOpen(each.namespace) || !isOpen(other.namespace);
    const restricted = kind === "restricted" && cni === "cilium" && !other.mtls && enforced;
    return [restricted ? { service: name, http: [{ method: "GET" }] } : name];
  });
  const name = names[index] ?? "";
  const egress = each.egress.filter((kind) => kind === "address" || cni === "cilium");
  return {
    namespace: each.namespace,
    image: IMAGE,
    port: each.port,
    calls,
    mtls: each.mtls,
    egress: egress.map((kind) => (kind === "name" ? "api.example.com:443" : "192.168.1.20:8123")),
    ...(each.exposed && !each.mtls ? { expose: { host: `${name}.home.example.org` } } : {}),
    ...(each.database === undefined
      ? {}
      : { database: { size: "1Gi", backup: each.database === "none" ? { none: "a cache" } : each.database } }),
    ...(each.secret ? { secrets: { TOKEN: secret("token") } } : {}),
  };
}
