import type { X509BundleSource } from "../bundle/x509-bundle.ts";
import type { SpiffeId } from "../id/spiffe-id.ts";
import { TrustDomain } from "../id/trust-domain.ts";

/** The endpoint is verified by host name and the CAs of the Web PKI (SPIFFE_Federation). */
export interface WebProfile {
  readonly type: "https_web";
  /** CA certificates (PEM) to trust instead of those that Node trusts. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined;
}

/** The endpoint is verified by its SPIFFE ID (SPIFFE_Federation). */
export interface SpiffeProfile {
  readonly type: "https_spiffe";
  /** The SPIFFE ID that the endpoint has to show. */
  readonly endpointId: string | SpiffeId;
  /**
   * The bundle of the trust domain of `endpointId`, asked at every connection. An endpoint that serves its own trust domain
   * needs the latest one: give the `BundleStore` that its bundles go to, filled with a first bundle from elsewhere.
   */
  readonly bundles: X509BundleSource;
}

/** Where the bundle of a trust domain comes from: all three parts are configured, none is derived (SPIFFE_Federation). */
export interface BundleEndpoint {
  readonly trustDomain: string | TrustDomain;
  /** An https URL without userinfo. */
  readonly url: string | URL;
  readonly profile: WebProfile | SpiffeProfile;
}

/** @throws SpiffeError `invalid-trust-domain` */
export function endpointDomain({ trustDomain }: BundleEndpoint): TrustDomain {
  return typeof trustDomain === "string" ? TrustDomain.parse(trustDomain) : trustDomain;
}

/** Why a URL is none of a bundle endpoint, or undefined (SPIFFE_Federation). */
export function urlFault({ protocol, username, password }: URL): string | undefined {
  if (protocol !== "https:") return "the scheme has to be https";
  return username === "" && password === "" ? undefined : "userinfo is not allowed";
}
