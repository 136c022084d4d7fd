import type { KeyObject, X509Certificate } from "node:crypto";
import type { X509BundleSet } from "../bundle/x509-bundle.ts";
import type { SpiffeId } from "../id/spiffe-id.ts";

/** An own identity: certificate chain and private key (X509-SVID). The key never leaves its `KeyObject` in messages or logs. */
export interface X509Svid {
  readonly id: SpiffeId;
  /** Leaf first, then every intermediate; without the CA certificate of the bundle. */
  readonly certificates: readonly [X509Certificate, ...X509Certificate[]];
  readonly privateKey: KeyObject;
  /** The operator's word for what this identity is for, when a workload has several. */
  readonly hint?: string;
}

/** One consistent state of a workload's X.509 material: SVID and bundles come from the same message of the agent. */
export interface X509Context {
  /** The identity in use: the first one, unless a `hint` or `pick` option chose another. */
  readonly svid: X509Svid;
  /** All identities in the order of the agent. */
  readonly svids: readonly X509Svid[];
  readonly bundles: X509BundleSet;
}

/**
 * What the TLS helpers need: the present material, asked for at every handshake.
 * `X509Source` implements it from the Workload API; a fixed object does as well: `{ getX509Context: () => context }`.
 *
 * Throws when there is nothing to present; handshakes then fail instead of using withdrawn material.
 */
export interface X509ContextSource {
  getX509Context(): X509Context;
}
