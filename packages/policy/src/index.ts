export type { NamespacedOptions, ObjectOptions } from "@idstack/manifests";
export { type Compiled, compile, type PolicyTargets } from "./compile/compile.ts";
export { PolicyError, type PolicyErrorCode } from "./errors.ts";
export { type AllowIntent, type AllowOptions, allow } from "./intents/allow.ts";
export { type DefaultDenyIntent, type DefaultDenyOptions, defaultDeny } from "./intents/default-deny.ts";
export { type DnsIntent, type DnsOptions, dns } from "./intents/dns.ts";
export { escapeRegex, exactPath, type HttpRule, pathPrefix } from "./intents/http.ts";
export type { Intent } from "./intents/intent.ts";
export type {
  CidrPeer,
  Entity,
  EntityPeer,
  FqdnPeer,
  FromPeer,
  PodLabels,
  PodRef,
  PodsPeer,
  ResolvedPeer,
  ToPeer,
} from "./intents/peer.ts";
export type { PortRange, PortRef } from "./intents/ports.ts";
export {
  type CiliumClusterwideNetworkPolicyOptions,
  ciliumClusterwideNetworkPolicy,
} from "./objects/cilium-clusterwide-network-policy.ts";
export { type CiliumNetworkPolicyOptions, ciliumNetworkPolicy } from "./objects/cilium-network-policy.ts";
export { type NetworkPolicyOptions, networkPolicy } from "./objects/network-policy.ts";
export {
  type TracingPolicyNamespacedOptions,
  type TracingPolicyOptions,
  tracingPolicy,
  tracingPolicyNamespaced,
} from "./objects/tracing-policy.ts";
export { type BlockShellsOptions, blockShells, SHELLS } from "./tetragon/block-shells.ts";
export { type Enforcement, enforcement } from "./tetragon/enforcement.ts";
export type { HookEffect } from "./tetragon/hook-effect.ts";
export { tracingPolicyLimits } from "./tetragon/limits.ts";
