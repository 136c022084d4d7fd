import type { KeyObject, X509Certificate } from "node:crypto";
import type { X509Bundle } from "../bundle/x509-bundle.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import { type Authority, BACKDATE_MS, leafRequest, newIntermediate, newRoot } from "../internal/x509/authority.ts";
import { mintCertificate, newKeyPair } from "../internal/x509/mint.ts";
import type { X509Svid } from "../svid/x509-svid.ts";
import { applyDefect, type SvidDefect } from "./defects.ts";

/** An X.509-SVID of a {@link TestCa}, together with the bundle an agent would send with it. */
export interface TestSvid extends X509Svid {
  readonly bundle: X509Bundle;
}

/** Options of {@link TestCa.svid}. */
export interface TestSvidOptions {
  /** Default 3600. */
  readonly ttlSeconds?: number;
  /** Milliseconds since the epoch from which the validity counts. Default: the system clock. */
  readonly now?: number;
  readonly hint?: string;
  readonly dnsNames?: readonly string[];
  /** Common name; SVIDs have an empty subject by default. */
  readonly subject?: string;
  /** Certifies this URI instead, for example an ID of a trust domain that this CA has no say in. */
  readonly uri?: string;
  /** Breaks one rule of the standard. */
  readonly defect?: SvidDefect;
}

/** Options of {@link TestCa.intermediate}. */
export interface TestIntermediateOptions {
  /** Breaks one rule for signing certificates. */
  readonly defect?: "not-ca" | "no-cert-sign" | "expired" | "path-length-zero";
}

/**
 * A certificate authority in memory: mints X.509-SVIDs, correct ones and broken ones, without openssl.
 *
 * @example
 * ```ts
 * import { TestCa } from "@idstack/spiffe/testing";
 * const ca = new TestCa("homelab.internal");
 * const svid = ca.intermediate().svid("/ns/apps/sa/web", { ttlSeconds: 60 });
 * console.log(`${svid.id}`, svid.certificates.length); // "spiffe://homelab.internal/ns/apps/sa/web" 2
 * ```
 */
export class TestCa {
  readonly trustDomain: TrustDomain;
  readonly #authority: Authority;
  readonly #root: Authority;

  constructor(trustDomain: string | TrustDomain, parent?: { readonly authority: Authority; readonly root: Authority }) {
    this.trustDomain = typeof trustDomain === "string" ? TrustDomain.parse(trustDomain) : trustDomain;
    this.#root = parent?.root ?? newRoot(this.trustDomain, Date.now());
    this.#authority = parent?.authority ?? this.#root;
  }

  /** The root certificate: what peers have to trust. */
  get bundle(): X509Bundle {
    return { trustDomain: this.trustDomain, authorities: [this.#root.certificate] };
  }

  /** A CA below this one; its SVIDs carry the intermediate in their chain. */
  intermediate(options: TestIntermediateOptions = {}): TestCa {
    const now = Date.now();
    const defects = {
      "not-ca": { basicConstraints: { ca: false } },
      "no-cert-sign": { keyUsage: { critical: true, bits: ["digitalSignature"] } },
      expired: { notBefore: new Date(now - 120_000), notAfter: new Date(now - 60_000) },
      "path-length-zero": { basicConstraints: { ca: true, pathLength: 0 } },
    } as const;
    const overrides = options.defect === undefined ? {} : defects[options.defect];
    const authority = newIntermediate(this.#authority, this.trustDomain, now, overrides);
    return new TestCa(this.trustDomain, { authority, root: this.#root });
  }

  /**
   * A new key and certificate for `spiffe://<trust domain><path>`.
   *
   * @throws SpiffeError `invalid-spiffe-id` for a malformed path.
   */
  svid(path: string, options: TestSvidOptions = {}): TestSvid {
    const { now = Date.now(), ttlSeconds = 3600, hint, defect } = options;
    const id = SpiffeId.of(this.trustDomain, path);
    const key = newKeyPair();
    const validity = { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + ttlSeconds * 1000) };
    const sound = {
      ...leafRequest(this.#authority, options.uri ?? id.toString(), key.publicKey, validity),
      subject: options.subject ?? "",
      dnsNames: options.dnsNames,
    };
    const request = defect === undefined ? sound : applyDefect(sound, defect, { id, now });
    const certificates: [X509Certificate, ...X509Certificate[]] = [mintCertificate(request), ...this.#authority.chain];
    const privateKey: KeyObject = defect === "key-mismatch" ? newKeyPair().privateKey : key.privateKey;
    const svid = { id, certificates, privateKey, bundle: this.bundle };
    return hint === undefined ? svid : { ...svid, hint };
  }
}
