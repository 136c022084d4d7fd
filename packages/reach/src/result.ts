import type { Diagnostic, ObjectRef } from "@idstack/manifests";
import type { HttpRequest } from "./internal/http.ts";

/**
 * `mixed`: some of the concrete pairs or ports are allowed, others are not. `unknown`: the answer hangs on something
 * the documents and facts do not hold, or on a construct that is not evaluated.
 */
export type Verdict = "allowed" | "denied" | "mixed" | "unknown";

/** A rule item of a policy, with its place in the file if it came from one. */
export interface RuleRef {
  readonly policy: ObjectRef;
  /** `spec.ingress[0]` */
  readonly path: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/**
 * Why one side lets a flow pass or not:
 * - `not-enforced`: there is no endpoint that could enforce (world, nodes without host firewall, …), or enforcement is off
 * - `no-policy`: no policy selects the endpoint in this direction
 * - `allow-rule`, `deny-rule`: the listed rules decide
 * - `default-deny`: no rule allows it and the listed rules turned default deny on
 * - `default-allow`: rules select the endpoint, none turned default deny on
 * - `host-exception`: a node may always reach its own pods (kubelet probes)
 * - `open`: the listed rules may decide, but something they need is not known
 */
export type SideReason =
  | "not-enforced"
  | "no-policy"
  | "allow-rule"
  | "deny-rule"
  | "default-deny"
  | "default-allow"
  | "host-exception"
  | "open";

/** What one end of a flow decides: egress at the source, ingress at the destination. */
export interface SideVerdict {
  readonly direction: "egress" | "ingress";
  readonly verdict: "allowed" | "denied" | "unknown";
  readonly reason: SideReason;
  /** The rules that decide. */
  readonly rules: readonly RuleRef[];
  /** Rules that allow this peer, but on another port or for other requests. */
  readonly near: readonly RuleRef[];
  /** The connection passes a proxy that may still refuse single requests; ask with `http` or `dns` to decide them. */
  readonly proxy?: "http" | "dns" | "tls" | "crd" | undefined;
  /** One line for people. */
  readonly text: string;
}

/** One concrete end of a flow. */
export interface PartyRef {
  /** `apps/web`, `entity:host`, `ip:1.1.1.1`, `fqdn:api.example.com` */
  readonly name: string;
  readonly kind: "pod" | "node" | "external" | "reserved";
  readonly namespace?: string | undefined;
  readonly labels?: { readonly [key: string]: string } | undefined;
}

/** The verdict for one source, one destination and ports that are treated alike. */
export interface PairVerdict {
  readonly from: PartyRef;
  readonly to: PartyRef;
  /** `tcp/8080`, `tcp/1-79, udp/*`, or `any port`. */
  readonly port: string;
  readonly verdict: "allowed" | "denied" | "unknown";
  readonly egress: SideVerdict;
  readonly ingress: SideVerdict;
}

/** The question as it was asked. */
export interface FlowQuery {
  readonly from: string;
  readonly to: string;
  readonly port: string | undefined;
  readonly http?: HttpRequest | undefined;
  readonly dns?: string | undefined;
}

/** The answer to one question. */
export interface FlowResult {
  readonly query: FlowQuery;
  readonly verdict: Verdict;
  /** Every concrete pair with both sides. Never empty. */
  readonly pairs: readonly PairVerdict[];
  /** The distinct reasons of the deciding sides, one line each. */
  readonly reasons: readonly string[];
  /** What else to know. One with severity `error` means that the verdict must not be relied upon. */
  readonly warnings: readonly Diagnostic[];
}
