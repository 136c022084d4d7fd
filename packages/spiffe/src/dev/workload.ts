import type { X509Bundle } from "../bundle/x509-bundle.ts";
import type { Clock } from "../clock.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { RpcStatus } from "../internal/rpc/status.ts";
import { Feed } from "../internal/workload-api/feed.ts";
import {
  bundlesMessage,
  type JwtBundlesMessage,
  svidsMessage,
  type X509BundlesMessage,
  type X509SvidMessage,
} from "../internal/workload-api/messages.ts";
import type { WorkloadApiHandlers } from "../internal/workload-api/server.ts";
import { BACKDATE_MS, leafRequest } from "../internal/x509/authority.ts";
import { mintCertificate, newKeyPair } from "../internal/x509/mint.ts";
import type { X509Svid } from "../svid/x509-svid.ts";
import type { RegisteredEntry } from "./entry.ts";
import { JwtCache } from "./jwt-cache.ts";
import type { DevTrustDomain } from "./trust-domain.ts";
import { validateDevJwt } from "./validate-jwt.ts";

/** The claims of another trust domain's token that the agent passes on; what else they say is not its business. */
const FOREIGN_CLAIMS: readonly string[] = ["sub", "exp", "aud"];

/** The present SVID of an identity, and how to stop its renewal. */
interface Issued {
  readonly svid: X509Svid & { readonly bundle: X509Bundle };
  readonly cancel: () => void;
}

/**
 * One workload of the development agent: issues the SVIDs of its identities, renews each at half life and answers its
 * calls, with the messages and status codes of a SPIRE agent.
 */
export class DevWorkload {
  readonly #domain: DevTrustDomain;
  readonly #clock: Clock;
  readonly #svids = new Feed<X509SvidMessage>();
  readonly #bundles = new Feed<X509BundlesMessage>();
  readonly #jwtBundles = new Feed<JwtBundlesMessage>();
  readonly #jwts: JwtCache;
  /** In the order of registration. */
  readonly #issued = new Map<RegisteredEntry, Issued>();

  constructor(entries: readonly RegisteredEntry[], domain: DevTrustDomain, clock: Clock) {
    this.#domain = domain;
    this.#clock = clock;
    this.#jwts = new JwtCache(domain.jwt);
    this.#refuse();
    this.register(entries);
  }

  /** The ID of its default identity; undefined when nobody registered it. */
  get id(): SpiffeId | undefined {
    const [first] = this.#issued.keys();
    return first?.id;
  }

  /** Replaces its identities: open streams get the new state, or end when there is none. */
  register(entries: readonly RegisteredEntry[]): void {
    this.stop();
    const wasUnknown = this.#issued.size === 0;
    this.#issued.clear();
    for (const entry of entries) this.#issue(entry);
    if (entries.length === 0) {
      if (!wasUnknown) this.#refuse();
      return;
    }
    this.#publish();
    // Registering does not change the bundles: who has them gets no second message.
    if (!wasUnknown) return;
    this.#bundles.set(bundlesMessage(this.#domain.x509Bundles));
    this.#jwtBundles.set({ bundles: this.#domain.jwtBundleDocuments });
  }

  /** Issues new SVIDs, pushes them to the open streams and plans the next ones. */
  rotate(): void {
    if (this.#issued.size === 0) return;
    for (const entry of this.#issued.keys()) this.#issue(entry);
    this.#publish();
  }

  /** Stops renewing. */
  stop(): void {
    for (const { cancel } of this.#issued.values()) cancel();
  }

  #issue(entry: RegisteredEntry): void {
    this.#issued.get(entry)?.cancel();
    const now = this.#clock.now();
    const ttlMs = entry.ttlSeconds * 1000;
    const { publicKey, privateKey } = newKeyPair();
    const validity = { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + ttlMs) };
    const certificate = mintCertificate({
      ...leafRequest(this.#domain.ca.x509, entry.id.toString(), publicKey, validity),
      country: "US",
      organization: "SPIRE",
      subject: entry.dnsNames[0] ?? "",
      dnsNames: entry.dnsNames,
      keyUsage: { critical: true, bits: ["digitalSignature", "keyEncipherment", "keyAgreement"] },
    });
    const [bundle] = this.#domain.x509Bundles;
    const svid = { id: entry.id, certificates: [certificate] as const, privateKey, hint: entry.hint, bundle };
    const renew = (): void => {
      this.#issue(entry);
      this.#publish();
    };
    this.#issued.set(entry, { svid, cancel: this.#clock.schedule(renew, ttlMs / 2) });
  }

  #publish(): void {
    const [, ...federated] = this.#domain.x509Bundles;
    this.#svids.set(
      svidsMessage(
        [...this.#issued.values()].map(({ svid }) => svid),
        federated,
      ),
    );
  }

  #refuse(): void {
    for (const feed of [this.#svids, this.#bundles, this.#jwtBundles]) feed.fail(noIdentity());
  }

  readonly handlers: WorkloadApiHandlers = {
    fetchX509SVID: (_request, { signal }) => this.#svids.subscribe(signal),
    fetchX509Bundles: (_request, { signal }) => this.#bundles.subscribe(signal),
    fetchJWTBundles: (_request, { signal }) => this.#jwtBundles.subscribe(signal),
    fetchJWTSVID: ({ audience, spiffeId }) => {
      if (audience.length === 0) throw new RpcStatus("InvalidArgument", "audience must be specified");
      if (spiffeId !== "") checkRequestedId(spiffeId);
      const wanted = [...this.#issued.keys()].filter(({ id }) => spiffeId === "" || id.toString() === spiffeId);
      if (wanted.length === 0) throw noIdentity();
      const now = this.#clock.now();
      const svids = wanted.map(({ id, hint, jwtTtlSeconds }) => {
        const svid = this.#jwts.get(id.toString(), audience, now, jwtTtlSeconds);
        return { spiffeId: id.toString(), svid, hint };
      });
      return { svids };
    },
    validateJWTSVID: ({ audience, svid }) => {
      if (audience === "") throw new RpcStatus("InvalidArgument", "audience must be specified");
      if (svid === "") throw new RpcStatus("InvalidArgument", "svid must be specified");
      try {
        return this.#validate(svid, audience);
      } catch (error) {
        throw new RpcStatus("InvalidArgument", (error as Error).message);
      }
    },
  };

  /** Also a workload that nobody registered may ask about tokens of the own trust domain. */
  #validate(token: string, audience: string) {
    const { jwtBundles, own } = this.#domain;
    const ownId = own.x509.trustDomain.idString;
    const bundles = this.#issued.size > 0 ? jwtBundles : new Map([[ownId, own.jwt]]);
    const { id, claims } = validateDevJwt(token, audience, bundles, this.#clock.now());
    const known = Object.entries(claims).filter(
      ([name]) => id.memberOf(own.x509.trustDomain) || FOREIGN_CLAIMS.includes(name),
    );
    return { spiffeId: id.toString(), claims: Object.fromEntries(known) };
  }
}

function checkRequestedId(text: string): void {
  try {
    SpiffeId.parse(text);
  } catch (error) {
    throw new RpcStatus("InvalidArgument", `invalid requested SPIFFE ID: ${(error as Error).message}`);
  }
}

function noIdentity(): RpcStatus {
  return new RpcStatus("PermissionDenied", "no identity issued");
}
