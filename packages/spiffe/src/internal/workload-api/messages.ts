import type { X509Certificate } from "node:crypto";
import type { X509Bundle } from "../../bundle/x509-bundle.ts";
import type { X509Svid } from "../../svid/x509-svid.ts";
import type { Init } from "../rpc/server.ts";
import type { Decoded, jwtBundlesResponse, x509BundlesResponse, x509SvidResponse } from "./methods.ts";

/** What a server sends; what is left out is empty. */
export type X509SvidMessage = Init<Decoded<typeof x509SvidResponse>>;
export type X509BundlesMessage = Init<Decoded<typeof x509BundlesResponse>>;
export type JwtBundlesMessage = Init<Decoded<typeof jwtBundlesResponse>>;

/** The `FetchX509SVID` message for these identities. */
export function svidsMessage(
  svids: readonly (X509Svid & { readonly bundle: X509Bundle })[],
  federated: readonly X509Bundle[] = [],
): X509SvidMessage {
  return {
    svids: svids.map(({ id, certificates, privateKey, hint, bundle }) => ({
      spiffeId: id.toString(),
      x509Svid: concatenate(certificates),
      x509SvidKey: privateKey.export({ type: "pkcs8", format: "der" }),
      bundle: concatenate(bundle.authorities),
      hint: hint ?? "",
    })),
    federatedBundles: byTrustDomain(federated),
  };
}

/** The `FetchX509Bundles` message for these bundles. */
export function bundlesMessage(bundles: readonly X509Bundle[]): X509BundlesMessage {
  return { bundles: byTrustDomain(bundles) };
}

function byTrustDomain(bundles: readonly X509Bundle[]): Record<string, Uint8Array> {
  return Object.fromEntries(
    bundles.map(({ trustDomain, authorities }) => [trustDomain.idString, concatenate(authorities)]),
  );
}

function concatenate(certificates: readonly X509Certificate[]): Uint8Array {
  return Buffer.concat(certificates.map((certificate) => certificate.raw));
}
