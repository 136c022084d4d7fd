import type { KeyObject, X509Certificate } from "node:crypto";
import type { X509Bundle } from "../bundle/x509-bundle.ts";
import { SpiffeId } from "../id/spiffe-id.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import { type Authority, BACKDATE_MS, leafRequest, newIntermediate, newRoot } from "../internal/x509/authority.ts";
import {
  type CertificateRequest,
  mintCertificate,
  type NameConstraintsRequest,
  newKeyPair,
} from "../internal/x509/mint.ts";
import type { X509Svid } from "../svid/x509-svid.ts";
import { type CaDefect, caDefect } from "./ca-defects.ts";
import { applyDefect, defectiveKey, type SvidDefect } from "./defects.ts";

/** An X.509-SVID of a {@link TestCa}, together with the bundle an agent would send with it. */
export interface TestSvid extends X509Svid {
  readonly bundle: X509Bundle;
}

/** Kinds of keys that a {@link TestCa} makes. */
export type TestKey = "ec-p256" | "ec-p384" | "ec-p521" | "rsa-2048" | "ed25519";

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
  /** Default `ec-p256`. */
  readonly key?: TestKey;
  /** Breaks one rule of the standard. */
  readonly defect?: SvidDefect;
}

/** Options of a {@link TestCa} and of {@link TestCa.intermediate}. */
export interface TestCaOptions {
  /** Milliseconds since the epoch from which the validity of ten years counts. Default: the system clock. */
  readonly now?: number;
  /** Common name. Default: a text with the trust domain. */
  readonly name?: string;
  /** Default `ec-p256`. RSA keys take a moment. */
  readonly key?: TestKey;
  /** How many CAs may follow below this one. Default: no limit. */
  readonly pathLength?: number;
  /** Which names may be issued below this CA. */
  readonly nameConstraints?: NameConstraintsRequest;
  /** Whether certificates name their key and the key that signed them. Default true. */
  readonly keyIdentifiers?: boolean;
  /** Breaks one rule for signing certificates. */
  readonly defect?: CaDefect;
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
 * ca.svid("/ns/apps/sa/web", { defect: "expired" }); // or any other SvidDefect
 * ca.intermediate({ defect: "path-length-zero" }).intermediate().svid("/ns/apps/sa/web"); // or any other CaDefect
 * ```
 */
export class TestCa {
  readonly trustDomain: TrustDomain;
  readonly #authority: Authority;
  readonly #root: Authority;
  readonly #keyIdentifiers: boolean;

  /** @param parent Internal: use {@link TestCa.intermediate}. */
  constructor(trustDomain: string | TrustDomain, options: TestCaOptions = {}, parent?: TestCa) {
    this.trustDomain = typeof trustDomain === "string" ? TrustDomain.parse(trustDomain) : trustDomain;
    const { now = Date.now(), key = "ec-p256", defect } = options;
    this.#keyIdentifiers = options.keyIdentifiers ?? true;
    const pair = newKeyPair(defectiveKey(defect) ?? key);
    const sound = overridesOf(options);
    const above = parent === undefined ? undefined : parent.#authority;
    const overrides = { ...sound, ...(defect && caDefect(defect, this.trustDomain, now, above?.privateKey)) };
    this.#authority =
      above === undefined
        ? newRoot(this.trustDomain, now, overrides, pair)
        : newIntermediate(above, this.trustDomain, now, overrides, pair);
    this.#root = parent === undefined ? this.#authority : parent.#root;
  }

  /** The root certificate: what peers have to trust. */
  get bundle(): X509Bundle {
    return { trustDomain: this.trustDomain, authorities: [this.#root.certificate] };
  }

  /** The certificate with which this CA signs: the root's, or that of the intermediate. */
  get certificate(): X509Certificate {
    return this.#authority.certificate;
  }

  /** What SVIDs of this CA carry after their leaf: its own certificate and those above it, without the root. */
  get chain(): readonly X509Certificate[] {
    return this.#authority.chain;
  }

  /** A CA below this one; its SVIDs carry the intermediate in their chain. */
  intermediate(options: TestCaOptions = {}): TestCa {
    return new TestCa(this.trustDomain, options, this);
  }

  /**
   * A certificate with which this CA vouches for the key and name of another one: an SVID of `other` with this
   * certificate behind its leaf leads to this CA.
   */
  crossSign(other: TestCa, options: Omit<TestCaOptions, "key" | "name"> = {}): X509Certificate {
    const { certificate, name, privateKey } = other.#authority;
    const { now = Date.now(), defect } = options;
    const overrides = {
      subject: name,
      ...overridesOf(options),
      ...(defect && caDefect(defect, other.trustDomain, now, this.#authority.privateKey)),
    };
    const pair = { publicKey: certificate.publicKey, privateKey };
    return newIntermediate(this.#authority, other.trustDomain, now, overrides, pair).certificate;
  }

  /**
   * A new key and certificate for `spiffe://<trust domain><path>`.
   *
   * @throws SpiffeError `invalid-spiffe-id` for a malformed path.
   */
  svid(path: string, options: TestSvidOptions = {}): TestSvid {
    const { now = Date.now(), ttlSeconds = 3600, hint, defect, key: kind = "ec-p256" } = options;
    if (defect === "md5-signature" && this.#authority.privateKey.asymmetricKeyType !== "rsa") {
      return this.intermediate({ key: "rsa-2048" }).svid(path, options);
    }
    const id = SpiffeId.of(this.trustDomain, path);
    const key = newKeyPair(defectiveKey(defect) ?? kind);
    const validity = { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + ttlSeconds * 1000) };
    const sound = {
      ...leafRequest(this.#authority, options.uri ?? id.toString(), key.publicKey, validity),
      subject: options.subject ?? "",
      dnsNames: options.dnsNames,
      keyIdentifiers: this.#keyIdentifiers,
    };
    const request = defect === undefined ? sound : applyDefect(sound, defect, { id, now });
    const certificates: [X509Certificate, ...X509Certificate[]] = [mintCertificate(request), ...this.#authority.chain];
    const privateKey: KeyObject = defect === "key-mismatch" ? newKeyPair().privateKey : key.privateKey;
    const svid = { id, certificates, privateKey, bundle: this.bundle };
    return hint === undefined ? svid : { ...svid, hint };
  }
}

function overridesOf({
  name,
  pathLength,
  nameConstraints,
  keyIdentifiers,
}: TestCaOptions): Partial<CertificateRequest> {
  return {
    ...(name !== undefined && { subject: name }),
    ...(pathLength !== undefined && { basicConstraints: { ca: true, pathLength } }),
    ...(nameConstraints !== undefined && { nameConstraints }),
    ...(keyIdentifiers !== undefined && { keyIdentifiers }),
  };
}
