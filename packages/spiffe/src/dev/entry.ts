import { SpiffeId } from "../id/spiffe-id.ts";
import type { TrustDomain } from "../id/trust-domain.ts";

/** What a registration entry of SPIRE says about an identity. */
export interface DevEntry {
  /** SPIFFE ID or its path. */
  readonly id: string;
  /** DNS names of the X.509-SVID; the first one is its common name too, as SPIRE does it. */
  readonly dnsNames?: readonly string[] | undefined;
  /** What this identity is for, when the workload has several. Of two entries with one hint the first counts. */
  readonly hint?: string | undefined;
  /** Life of its X.509-SVIDs. Default: that of all. */
  readonly ttlSeconds?: number | undefined;
  /** Life of its JWT-SVIDs; one is given out again until half of it is over. Default 300. */
  readonly jwtTtlSeconds?: number | undefined;
}

/** The identities of a workload, the default one first. An empty list is a workload that nobody registered. */
export type DevIdentities = string | DevEntry | readonly (string | DevEntry)[];

/** An entry with everything decided. */
export interface RegisteredEntry {
  readonly id: SpiffeId;
  readonly dnsNames: readonly string[];
  readonly hint: string;
  readonly ttlSeconds: number;
  readonly jwtTtlSeconds: number;
}

/** SPIRE's default. */
const JWT_TTL_SECONDS = 300;
/** Labels of letters, digits and inner dashes; the first one may be a wildcard. */
const DNS_NAME =
  /^(?=.{1,253}$)(\*|[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/**
 * Checks what a workload is registered for.
 *
 * @throws TypeError for an identity of another trust domain, a DNS name or a lifetime that cannot be; SpiffeError
 * `invalid-spiffe-id`.
 */
export function registeredEntries(
  name: string,
  identities: DevIdentities,
  trustDomain: TrustDomain,
  ttlSeconds: number,
): RegisteredEntry[] {
  const given = typeof identities === "string" || isEntry(identities) ? [identities] : identities;
  const hints = new Set<string>();
  return given.flatMap((each) => {
    const entry = registered(name, typeof each === "string" ? { id: each } : each, trustDomain, ttlSeconds);
    if (entry.hint !== "" && hints.has(entry.hint)) return [];
    hints.add(entry.hint);
    return [entry];
  });
}

function isEntry(identities: DevEntry | readonly (string | DevEntry)[]): identities is DevEntry {
  return !Array.isArray(identities);
}

function registered(name: string, entry: DevEntry, trustDomain: TrustDomain, defaultTtl: number): RegisteredEntry {
  const { dnsNames = [], hint = "", ttlSeconds = defaultTtl, jwtTtlSeconds = JWT_TTL_SECONDS } = entry;
  const id = entry.id.startsWith("/") ? SpiffeId.of(trustDomain, entry.id) : SpiffeId.parse(entry.id);
  const mistake = (what: string): TypeError => new TypeError(`identity ${name}: ${what}`);
  if (!id.memberOf(trustDomain) || id.path === "") throw mistake(`${id} is no workload of ${trustDomain.idString}`);
  if (!(ttlSeconds >= 2)) throw mistake("ttlSeconds has to be at least 2");
  if (!(jwtTtlSeconds >= 1)) throw mistake("jwtTtlSeconds has to be at least 1");
  for (const dnsName of dnsNames) {
    if (!DNS_NAME.test(dnsName)) throw mistake(`${JSON.stringify(dnsName)} is no DNS name`);
  }
  return { id, dnsNames, hint, ttlSeconds, jwtTtlSeconds };
}
