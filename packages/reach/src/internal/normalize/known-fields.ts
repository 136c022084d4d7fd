import type { CiliumNetworkPolicy } from "@idstack/schemas/cilium.io/v2";
import type { NetworkPolicy } from "@idstack/schemas/networking.k8s.io/v1";

type Rule = NonNullable<CiliumNetworkPolicy["spec"]>;
type Item<Key extends keyof Rule> = NonNullable<Rule[Key]> extends readonly (infer T)[] ? T : never;
type AllowPorts = NonNullable<Item<"egress">["toPorts"]>[number];
type DenyPorts = NonNullable<Item<"egressDeny">["toPorts"]>[number];
type Spec = NonNullable<NetworkPolicy["spec"]>;
type L7Rules = NonNullable<AllowPorts["rules"]>;

/**
 * Every field this evaluator understands, checked by the compiler against the generated types: a field that a newer
 * Cilium adds stops the build here instead of being skipped when a flow is decided.
 */
type Known<T> = { readonly [Key in keyof Required<T>]: true };

const fields = <T>(known: Known<T>): readonly string[] => Object.keys(known);

export const RULE = fields<Rule>({
  description: true,
  egress: true,
  egressDeny: true,
  enableDefaultDeny: true,
  endpointSelector: true,
  ingress: true,
  ingressDeny: true,
  labels: true,
  log: true,
  nodeSelector: true,
});

const INGRESS_DENY = {
  fromCIDR: true,
  fromCIDRSet: true,
  fromEndpoints: true,
  fromEntities: true,
  fromGroups: true,
  fromNodes: true,
  fromRequires: true,
  icmps: true,
  toPorts: true,
} as const satisfies Known<Item<"ingressDeny">>;

const EGRESS_DENY = {
  icmps: true,
  toCIDR: true,
  toCIDRSet: true,
  toEndpoints: true,
  toEntities: true,
  toGroups: true,
  toNodes: true,
  toPorts: true,
  toRequires: true,
  toServices: true,
} as const satisfies Known<Item<"egressDeny">>;

export const ITEM = {
  ingress: fields<Item<"ingress">>({ ...INGRESS_DENY, authentication: true }),
  ingressDeny: fields<Item<"ingressDeny">>(INGRESS_DENY),
  egress: fields<Item<"egress">>({ ...EGRESS_DENY, authentication: true, toFQDNs: true }),
  egressDeny: fields<Item<"egressDeny">>(EGRESS_DENY),
} as const;

export const PORT_RULE = fields<AllowPorts>({
  listener: true,
  originatingTLS: true,
  ports: true,
  rules: true,
  serverNames: true,
  terminatingTLS: true,
});
export const DENY_PORT_RULE = fields<DenyPorts>({ ports: true });
export const PORT = fields<NonNullable<AllowPorts["ports"]>[number]>({ endPort: true, port: true, protocol: true });
export const L7_RULES = fields<L7Rules>({ dns: true, http: true });
export const HTTP = fields<NonNullable<L7Rules["http"]>[number]>({
  headerMatches: true,
  headers: true,
  host: true,
  method: true,
  path: true,
});
export const NAME = fields<NonNullable<Item<"egress">["toFQDNs"]>[number]>({ matchName: true, matchPattern: true });
export const CIDR_SET = fields<NonNullable<Item<"egress">["toCIDRSet"]>[number]>({
  cidr: true,
  cidrGroupRef: true,
  cidrGroupSelector: true,
  except: true,
});
export const SERVICE = fields<NonNullable<Item<"egress">["toServices"]>[number]>({
  k8sService: true,
  k8sServiceSelector: true,
});
export const ICMP_RULE = fields<NonNullable<Item<"egress">["icmps"]>[number]>({ fields: true });

export const NP_SPEC = fields<Spec>({ egress: true, ingress: true, podSelector: true, policyTypes: true });
export const NP_INGRESS = fields<NonNullable<Spec["ingress"]>[number]>({ from: true, ports: true });
export const NP_EGRESS = fields<NonNullable<Spec["egress"]>[number]>({ to: true, ports: true });
export const NP_PEER = fields<NonNullable<NonNullable<Spec["ingress"]>[number]["from"]>[number]>({
  ipBlock: true,
  namespaceSelector: true,
  podSelector: true,
});
export const NP_PORT = fields<NonNullable<NonNullable<Spec["ingress"]>[number]["ports"]>[number]>({
  endPort: true,
  port: true,
  protocol: true,
});
