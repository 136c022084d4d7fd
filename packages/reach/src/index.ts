export {
  type Claim,
  claim,
  defaultDenied,
  describeFlow,
  type Finding,
  type Proof,
  type ProvedClaim,
  proveClaims,
} from "./claims.ts";
export { type Destination, reachedOnlyBy, reachesOnly } from "./claims-only.ts";
export { type Cluster, type ClusterInput, createCluster, type Governance, type GoverningPolicy } from "./cluster.ts";
export type { Endpoint } from "./endpoint.ts";
export { ReachError, type ReachErrorCode } from "./errors.ts";
export { type Expectation, explain, formatFlow, holds } from "./explain.ts";
export type { ClusterFacts } from "./facts.ts";
export { type Flow, type FlowOptions, flow, type HttpRequest } from "./flow.ts";
export { formatRule } from "./internal/side-text.ts";
export { loadCluster, readEndpoints } from "./load-cluster.ts";
export type { Entity, Party, Port } from "./party.ts";
export { renderProof } from "./render-proof.ts";
export type {
  FlowQuery,
  FlowResult,
  PairVerdict,
  PartyRef,
  RuleRef,
  SideReason,
  SideVerdict,
  Verdict,
} from "./result.ts";
