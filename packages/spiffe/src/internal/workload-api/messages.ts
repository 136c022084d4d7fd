import type { X509Certificate } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { X509Bundle } from "../../bundle/x509-bundle.ts";
import type { X509BundlesResponseSchema, X509SVIDResponseSchema } from "../../gen/workloadapi_pb.ts";
import type { X509Svid } from "../../svid/x509-svid.ts";

/** The `FetchX509SVID` message for these identities. */
export function svidsMessage(
  svids: readonly (X509Svid & { readonly bundle: X509Bundle })[],
  federated: readonly X509Bundle[] = [],
): MessageInitShape<typeof X509SVIDResponseSchema> {
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
export function bundlesMessage(bundles: readonly X509Bundle[]): MessageInitShape<typeof X509BundlesResponseSchema> {
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
