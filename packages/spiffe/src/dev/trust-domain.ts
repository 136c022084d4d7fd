import type { X509Bundle } from "../bundle/x509-bundle.ts";
import type { TrustDomain } from "../id/trust-domain.ts";
import type { DevCa } from "./dev-ca.ts";
import { type JwksByTrustDomain, JwtAuthority } from "./jwt-authority.ts";

/** What a development trust domain publishes about itself, for others to federate with. */
export interface DevBundle {
  readonly x509: X509Bundle;
  readonly jwt: JwtAuthority["jwks"];
}

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
}
