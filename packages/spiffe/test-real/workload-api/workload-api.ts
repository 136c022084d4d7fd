/** What a workload is registered for. */
export interface Registration {
  readonly path: string;
  readonly dnsNames?: readonly string[];
  readonly hint?: string;
  /** Seconds. */
  readonly x509Ttl?: number;
  /** Seconds. */
  readonly jwtTtl?: number;
}

/** One trust domain with several workloads, and a second one with which it federates; nobody is registered at first. */
export const HOME = "homelab.internal";
export const ELSEWHERE = "elsewhere.internal";

/** `abroad` belongs to the trust domain elsewhere. */
export const workloads = ["web", "several", "changing", "nobody", "abroad"] as const;
export type Workload = (typeof workloads)[number];

/** A Workload API to be examined: that of SPIRE, or the one for development. */
export interface WorkloadApi extends AsyncDisposable {
  /** For `SPIFFE_ENDPOINT_SOCKET` of that workload. */
  address(workload: Workload): string;
  /** Replaces what the workload is registered for; it takes effect soon afterwards. */
  register(workload: Workload, registrations: readonly Registration[]): Promise<void>;
  /** A token signed by the JWT authority of the trust domain {@link HOME}; the header is completed with `alg` and `kid`. */
  forge(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

export function trustDomainOf(workload: Workload): string {
  return workload === "abroad" ? ELSEWHERE : HOME;
}
