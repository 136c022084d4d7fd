import type { X509Certificate } from "node:crypto";
import { SpiffeError } from "../errors.ts";
import type { TrustDomain } from "../id/trust-domain.ts";
import { BundleMap } from "../internal/bundle-map.ts";
import { readPemBlocks } from "../internal/pem.ts";
import { parseCertificates } from "../internal/x509/der-certificates.ts";
import { type BundleLimits, checkBundleSize } from "./limits.ts";

/** The CA certificates of one trust domain. An empty list trusts nothing. */
export interface X509Bundle {
  readonly trustDomain: TrustDomain;
  readonly authorities: readonly X509Certificate[];
}

/**
 * Gives the bundle of *one* trust domain, or undefined when that trust domain is not trusted.
 * Bundles are never merged: who asks has to name the trust domain (SPIFFE_Workload_API §4.6).
 *
 * Implemented by `X509Source`, `BundleSource`, `BundleStore`, every set, and every bundle that this package parsed.
 */
export interface X509BundleSource {
  getX509Bundle(trustDomain: TrustDomain): X509Bundle | undefined;
}

/**
 * Bundles by trust domain: the own one and those of federated trust domains. A set never changes: {@link X509BundleSet.with}
 * and {@link X509BundleSet.without} give a new one, so that nobody changes what a source handed out.
 *
 * @example
 * ```ts
 * import { TrustDomain, X509BundleSet } from "@idstack/spiffe";
 * const home = TrustDomain.parse("homelab.internal");
 * const bundles = new X509BundleSet().with({ trustDomain: home, authorities: [] });
 * console.log(bundles.size, bundles.has(home), bundles.without(home).size); // 1 true 0
 * ```
 */
export class X509BundleSet extends BundleMap<X509Bundle> implements X509BundleSource {
  getX509Bundle(trustDomain: TrustDomain): X509Bundle | undefined {
    return this.get(trustDomain);
  }

  /** This set with `bundle` in place of the one of its trust domain. */
  with(bundle: X509Bundle): X509BundleSet {
    return new X509BundleSet([bundle, ...this.others(bundle.trustDomain)]);
  }

  /** This set without the bundle of a trust domain. */
  without(trustDomain: TrustDomain): X509BundleSet {
    return new X509BundleSet(this.others(trustDomain));
  }
}

/**
 * Reads the CA certificates of a trust domain: PEM, or concatenated DER as the Workload API sends it. An empty input is
 * an empty bundle.
 *
 * @throws {@link SpiffeError} `bundle-malformed` if any certificate does not parse: half a bundle is another bundle;
 * `bundle-too-large`.
 *
 * @example
 * ```ts
 * import { marshalX509Bundle, parseX509Bundle } from "@idstack/spiffe";
 * import { TestCa } from "@idstack/spiffe/testing";
 * const { bundle } = new TestCa("homelab.internal");
 * const { authorities } = parseX509Bundle(bundle.trustDomain, marshalX509Bundle(bundle, "pem"));
 * console.log(authorities.length); // 1
 * ```
 */
export function parseX509Bundle(
  trustDomain: TrustDomain,
  input: string | Uint8Array,
  limits: BundleLimits = {},
): X509Bundle & X509BundleSource {
  checkBundleSize(typeof input === "string" ? Buffer.byteLength(input) : input.length, limits);
  return x509Bundle(trustDomain, authoritiesIn(trustDomain, input));
}

/** The form in which the Workload API and files carry a bundle: concatenated DER, or PEM. */
export function marshalX509Bundle(bundle: X509Bundle, format: "pem"): string;
export function marshalX509Bundle(bundle: X509Bundle, format?: "der"): Buffer;
export function marshalX509Bundle({ authorities }: X509Bundle, format: "pem" | "der" = "der"): string | Buffer {
  return format === "pem" ? authorities.join("") : Buffer.concat(authorities.map(({ raw }) => raw));
}

/** A bundle that is also a source of itself. A copy with other authorities answers with those, hence `this`. */
export function x509Bundle(
  trustDomain: TrustDomain,
  authorities: readonly X509Certificate[],
): X509Bundle & X509BundleSource {
  return {
    trustDomain,
    authorities,
    getX509Bundle(wanted) {
      return wanted.equals(this.trustDomain) ? this : undefined;
    },
  };
}

function authoritiesIn(trustDomain: TrustDomain, input: string | Uint8Array): X509Certificate[] {
  try {
    // The first octet of DER is a SEQUENCE tag; PEM may be preceded by any text but that.
    if (typeof input !== "string" && (input.length === 0 || input[0] === 0x30)) return parseCertificates(input);
    const text = typeof input === "string" ? input : Buffer.from(input).toString("latin1");
    const blocks = readPemBlocks(text);
    if (blocks.length === 0 && text.trim() !== "") throw new Error("neither DER nor PEM");
    return blocks.flatMap(({ label, bytes }) => {
      if (label !== "CERTIFICATE") throw new Error("a PEM block is no CERTIFICATE");
      return parseCertificates(bytes);
    });
  } catch (cause) {
    const message = `the bundle of ${trustDomain.idString} does not parse: ${(cause as Error).message}`;
    throw new SpiffeError("bundle-malformed", message, { section: "SPIFFE_Workload_API §5.1", cause });
  }
}
