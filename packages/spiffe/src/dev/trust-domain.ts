import type { X509Bundle } from "../bundle/x509-bundle.ts";
import type { TrustDomain } from "../id/trust-domain.ts";
import type { JsonRecord } from "../internal/proto/struct.ts";
import type { DevCa } from "./dev-ca.ts";
import { JwtAuthority } from "./jwt-authority.ts";

/** What a development trust domain publishes about itself, for others to federate with. */
export interface DevBundle {
  readonly x509: X509Bundle;
  readonly jwt: JwtAuthority["jwks"];
}

/** A JWKS document by trust domain ID. */
export type JwksByTrustDomain = ReadonlyMap<string, JsonRecord>;

/** The authorities of a development trust domain and the bundles its workloads get. */
export class DevTrustDomain {
  readonly ca: DevCa;
  readonly jwt: JwtAuthority;
  readonly own: DevBundle;
  /** The own bundle first. */
  readonly x509Bundles: readonly [X509Bundle, ...X509Bundle[]];
  readonly jwtBundles: JwksByTrustDomain;

  constructor(trustDomain: TrustDomain, ca: DevCa, federated: readonly DevBundle[]) {
    this.ca = ca;
    this.jwt = new JwtAuthority(ca.jwtKey);
    this.own = { x509: { trustDomain, authorities: [ca.x509.certificate] }, jwt: this.jwt.jwks };
    this.x509Bundles = [this.own.x509, ...federated.map((bundle) => bundle.x509)];
    this.jwtBundles = new Map(
      [this.own, ...federated].map(({ x509, jwt }): [string, JwtAuthority["jwks"]] => [x509.trustDomain.idString, jwt]),
    );
  }

  /** As the Workload API sends them: plain JWKS, without the `use` of a SPIFFE bundle, which is also what SPIRE sends. */
  get jwtBundleDocuments(): Record<string, Uint8Array> {
    const documents = [...this.jwtBundles].map(([id, jwks]): [string, Uint8Array] => {
      const keys = (jwks["keys"] as JsonRecord[]).map(({ use: _use, ...key }) => key);
      return [id, Buffer.from(JSON.stringify({ keys }))];
    });
    return Object.fromEntries(documents);
  }
}
