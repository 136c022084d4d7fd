/**
 * Few values, so that what policies say and what endpoints are meet often: rules that never match decide nothing.
 */
export const NAMESPACES = [
  { name: "apps", labels: { team: "a", env: "prod" } },
  { name: "data", labels: { team: "b", env: "prod" } },
  { name: "default", labels: {} },
  // A namespace may carry labels that look like those of pods.
  { name: "tools", labels: { team: "a", app: "web" } },
] as const;

export const APPS = ["web", "api", "db"] as const;
export const TIERS = ["front", "back"] as const;
export const ACCOUNTS = ["default", "robot"] as const;

/** Nested, touching and separate blocks; the last three hold pods and nodes, which no CIDR rule matches. */
export const CIDRS = [
  "0.0.0.0/0",
  "10.0.0.0/8",
  "10.1.0.0/16",
  "10.1.2.0/24",
  "10.1.2.3/32",
  "203.0.113.0/24",
  "203.0.113.128/25",
  "192.0.2.0/24",
  "172.16.0.0/16",
  "172.20.0.0/16",
  "172.30.0.0/16",
] as const;
export const CIDRS_V6 = ["::/0", "2001:db8::/32", "2001:db8:1::/48", "2001:db8:1::5/128", "fd00:10::/48"] as const;

/** Blocks that lie in one another, for `except`. */
export const NESTED: readonly (readonly [outer: string, inner: readonly string[]])[] = [
  ["0.0.0.0/0", ["10.0.0.0/8", "203.0.113.0/24", "10.1.2.0/24", "192.0.2.1/32"]],
  ["10.0.0.0/8", ["10.1.0.0/16", "10.1.2.0/24", "10.9.9.0/24"]],
  ["10.1.0.0/16", ["10.1.2.0/24", "10.1.2.3/32", "10.1.128.0/17"]],
  ["203.0.113.0/24", ["203.0.113.128/25", "203.0.113.0/24"]],
];
export const NESTED_V6: typeof NESTED = [
  ["::/0", ["2001:db8::/32"]],
  ["2001:db8::/32", ["2001:db8:1::/48", "2001:db8:1::5/128"]],
];

export const ADDRESSES = [
  "10.1.2.3",
  "10.1.2.77",
  "10.1.200.1",
  "10.9.9.9",
  "203.0.113.5",
  "203.0.113.200",
  "192.0.2.1",
  "198.51.100.1",
] as const;
export const ADDRESSES_V6 = ["2001:db8:1::5", "2001:db8:1::6", "2001:db8:9::1", "2606:4700::1"] as const;

export const API_SERVER = "172.30.0.1";
export const NODES = ["172.20.0.1", "172.20.0.2"] as const;
export const POD_CIDR = "172.16.0.0/16";
export const POD_CIDR_V6 = "fd00:10::/48";

export const NAMES: { readonly [name: string]: string } = {
  "api.example.com": "203.0.113.5",
  "www.example.com": "198.51.100.1",
  "a.b.example.com": "10.1.2.3",
  "example.com": "192.0.2.1",
  "cdn.example.org": "10.9.9.9",
};
export const NAME_PATTERNS = [
  { matchName: "api.example.com" },
  { matchName: "Example.COM." },
  { matchName: "a.b.example.com" },
  { matchPattern: "*.example.com" },
  { matchPattern: "**.example.com" },
  { matchPattern: "*" },
  { matchPattern: "*.*.example.com" },
  { matchPattern: "*example.com" },
  { matchPattern: "c*n.example.*" },
] as const;

/** Container ports: names mean different numbers and protocols in different pods. */
export const CONTAINER_PORTS = [
  { name: "http", port: 80, protocol: "TCP" },
  { name: "http", port: 8080, protocol: "TCP" },
  { name: "dns", port: 53, protocol: "UDP" },
  { name: "dns", port: 53, protocol: "TCP" },
  { name: "metrics", port: 9090 },
  { name: "sctp", port: 80, protocol: "SCTP" },
  { port: 443, protocol: "TCP" },
] as const;
export const PORT_NAMES = ["http", "HTTP", "dns", "metrics", "sctp", "nowhere"] as const;
export const PORT_NUMBERS = [53, 80, 443, 8080, 9090] as const;

/** What flows ask about. */
export const QUERY_PORTS = [
  ...[53, 80, 80, 443, 8080, 8080, 9090, 65535].map((port) => ({ protocol: "tcp", port })),
  ...[53, 80, 8080].map((port) => ({ protocol: "udp", port })),
  { protocol: "sctp", port: 80 },
  { protocol: "icmp", port: 8 },
  { protocol: "icmp", port: 3 },
  { protocol: "icmpv6", port: 128 },
] as const;

export const HTTP_RULES = [
  { method: "GET" },
  { method: "GET|POST", path: "/v1/.*" },
  { path: "/public" },
  { host: "api\\..*" },
  { headers: ["X-Token: secret"] },
  { headers: ["X-Trace"] },
  { method: "POST", headerMatches: [{ name: "X-Token", value: "secret" }] },
  { headerMatches: [{ name: "X-Trace", mismatch: "LOG" }], path: "/v1/x" },
  {},
] as const;
export const HTTP_REQUESTS = [
  { method: "GET", path: "/v1/x", host: "api.example.com", headers: {} },
  { method: "POST", path: "/v1/x", host: "www.example.com", headers: { "x-token": "secret" } },
  { method: "PUT", path: "/public", host: "api.example.com", headers: { "X-Trace": "1" } },
  { method: "DELETE", path: "/public/x", host: "other", headers: { "X-Token": "wrong" } },
] as const;
