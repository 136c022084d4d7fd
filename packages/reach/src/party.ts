import type { Entity } from "./internal/peers.ts";

export type { Entity } from "./internal/peers.ts";

/**
 * One side of a flow, as people write it:
 * - `"apps/web"`: the pods of a workload; `*` is a wildcard in both parts (`"apps/*"`, `"*"` for all)
 * - `"apps[app=web,tier!=db]"`: pods of a namespace by label
 * - `"entity:world"`, `"entity:host"`, `"entity:kube-apiserver"` …: Cilium's entities
 * - `"ip:1.1.1.1"`, `"cidr:10.0.0.0/8"`: addresses
 * - `"fqdn:api.example.com"`: a name outside the cluster, as destination
 *
 * or the same as an object.
 */
export type Party =
  | string
  | { readonly namespace: string; readonly name?: string; readonly labels?: { readonly [key: string]: string } }
  | { readonly entity: Entity }
  | { readonly ip: string }
  | { readonly cidr: string }
  | { readonly fqdn: string };

/**
 * The port of a flow: `"tcp/8080"`, `"tcp/8000-8010"`, `"tcp/http"` (a named port of the destination), `"tcp"` for all,
 * `"icmp/8"`, `"icmp/EchoRequest"`, `"any/53"` for TCP, UDP and SCTP; a number is a TCP port.
 */
export type Port = string | number | { readonly protocol: string; readonly port?: number | string };
