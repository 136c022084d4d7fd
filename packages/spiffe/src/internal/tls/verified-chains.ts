import type { X509Certificate } from "node:crypto";
import type { X509BundleSource } from "../../bundle/x509-bundle.ts";
import { verifyX509Svid } from "../../svid/verify-x509-svid.ts";
import type { Peer } from "../../tls/peer.ts";
import { BoundedMap } from "../bounded-map.ts";
import { fieldsOf } from "../x509/fields.ts";

/** Verified chains that are remembered; each takes a few kilobytes. */
const MAX_CHAINS = 256;

interface Verdict {
  readonly peer: Peer;
  /** The authorities it was verified against, by fingerprint. */
  readonly generation: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * Verification of chains, whose signatures are checked once: the verdict is used again for the same certificates, the
 * same authorities, and only inside the validity of everything that took part. Refusals are never remembered.
 */
export class VerifiedChains {
  readonly #verdicts = new BoundedMap<string, Verdict>(MAX_CHAINS);

  /** @throws SpiffeError, as `verifyX509Svid` does. */
  verify(chain: readonly X509Certificate[], bundles: X509BundleSource, now: number): Peer {
    const key = chain.map(fingerprint).join();
    const known = this.#verdicts.get(key);
    if (known !== undefined && known.notBefore <= now && now <= known.notAfter) {
      const bundle = bundles.getX509Bundle(known.peer.id.trustDomain);
      if (bundle !== undefined && generationOf(bundle.authorities) === known.generation) return known.peer;
    }
    // What the bundles say now and what they say during verification has to be the same.
    let authorities: readonly X509Certificate[] = [];
    const asked: X509BundleSource = {
      getX509Bundle(trustDomain) {
        const bundle = bundles.getX509Bundle(trustDomain);
        authorities = bundle?.authorities ?? [];
        return bundle;
      },
    };
    const peer = Object.freeze(verifyX509Svid(chain, asked, { now }));
    this.#verdicts.set(key, { peer, generation: generationOf(authorities), ...span([...chain, ...authorities], now) });
    return peer;
  }
}

/** The time around `now` in which no certificate that could have taken part begins or ends to be valid. */
function span(certificates: readonly X509Certificate[], now: number): { notBefore: number; notAfter: number } {
  let [notBefore, notAfter] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const certificate of certificates) {
    const fields = readable(certificate);
    // One that is not valid at this moment took no part.
    if (fields === undefined || now < fields.notBefore || now > fields.notAfter) continue;
    notBefore = Math.max(notBefore, fields.notBefore);
    notAfter = Math.min(notAfter, fields.notAfter);
  }
  return { notBefore, notAfter };
}

/** A bundle may come from the caller and hold an authority that does not parse; it signs for nobody. */
function readable(certificate: X509Certificate): { readonly notBefore: number; readonly notAfter: number } | undefined {
  try {
    return fieldsOf(certificate);
  } catch {
    return undefined;
  }
}

const fingerprints = new WeakMap<X509Certificate, string>();

/** SHA-256 of the DER. */
export function fingerprint(certificate: X509Certificate): string {
  let known = fingerprints.get(certificate);
  if (known === undefined) {
    known = certificate.fingerprint256;
    fingerprints.set(certificate, known);
  }
  return known;
}

function generationOf(authorities: readonly X509Certificate[]): string {
  return authorities.map(fingerprint).join();
}
