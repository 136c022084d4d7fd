import { SpiffeError } from "../errors.ts";
import { clip, TrustDomain } from "../id/trust-domain.ts";
import { isObject } from "../internal/json.ts";
import { type JwksOptions, malformedBundle, readDocument } from "../internal/jwt/jwks.ts";
import { checkBundleCount } from "./limits.ts";
import { marshalSpiffeBundle, readSpiffeBundle, type SpiffeBundle, SpiffeBundleSet } from "./spiffe-bundle.ts";

const WHAT = "the bundle map";

/**
 * Reads a Bundle Map: SPIFFE bundles of several trust domains in one document (SPIFFE_Trust_Domain_and_Bundle §5).
 * Refresh hints of its members are ignored, as the standard demands. A member that does not parse is left out and reported
 * to `onIgnored` as `bundle-rejected`: its trust domain is not trusted.
 *
 * @throws {@link SpiffeError} `bundle-malformed` if the document is none, or names a trust domain twice; `too-many-bundles`;
 * `bundle-too-large` beyond `maxBundleBytes` for the whole document.
 *
 * @example
 * ```ts
 * import { parseBundleMap } from "@idstack/spiffe";
 * const bundles = parseBundleMap('{"trust_domains": {"a.internal": {"keys": []}, "b.internal": {"keys": []}}}');
 * console.log([...bundles].map(({ trustDomain }) => trustDomain.name)); // ["a.internal", "b.internal"]
 * ```
 */
export function parseBundleMap(document: string | Uint8Array, options: JwksOptions = {}): SpiffeBundleSet {
  const { trust_domains: members } = readDocument(WHAT, document, options);
  if (!isObject(members)) throw malformedBundle(WHAT, "trust_domains is no object");
  checkBundleCount(Object.keys(members).length, options);
  return new SpiffeBundleSet(
    Object.entries(members).flatMap(([name, member]): SpiffeBundle[] => {
      try {
        return [readMember(name, member, options)];
      } catch (cause) {
        const reason = (cause as Error).message;
        const message = `the bundle of ${JSON.stringify(clip(name))} does not parse, this trust domain is not trusted: ${reason}`;
        options.onIgnored?.(new SpiffeError("bundle-rejected", message, { cause }));
        return [];
      }
    }),
  );
}

/** The Bundle Map of these bundles, without their refresh hints. */
export function marshalBundleMap(bundles: Iterable<SpiffeBundle>): string {
  const members = [...new SpiffeBundleSet(bundles)].map((bundle) => {
    const { trustDomain, x509Authorities, jwtAuthorities, sequenceNumber } = bundle;
    const kept = {
      trustDomain,
      x509Authorities,
      jwtAuthorities,
      ...(sequenceNumber !== undefined && { sequenceNumber }),
    };
    return `${JSON.stringify(trustDomain.name)}:${marshalSpiffeBundle(kept)}`;
  });
  return `{"trust_domains":{${members.join(",")}}}`;
}

function readMember(name: string, member: unknown, options: JwksOptions): SpiffeBundle {
  // Names, not IDs: with both spellings one trust domain could appear twice.
  if (name.startsWith("spiffe://")) throw new Error("the key has to be a trust domain name");
  const trustDomain = TrustDomain.parse(name);
  if (!isObject(member)) throw new Error("it is no JSON object");
  const { spiffe_refresh_hint: _, ...document } = member;
  return readSpiffeBundle(trustDomain, document, options);
}
