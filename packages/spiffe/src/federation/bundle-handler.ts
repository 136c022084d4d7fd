import type { IncomingMessage, ServerResponse } from "node:http";
import type { JwtBundleSource } from "../bundle/jwt-bundle.ts";
import { marshalSpiffeBundle, type SpiffeBundle, type SpiffeBundleSource } from "../bundle/spiffe-bundle.ts";
import type { X509BundleSource } from "../bundle/x509-bundle.ts";
import { TrustDomain } from "../id/trust-domain.ts";
import { requireSource } from "../internal/require-source.ts";

/** Options of {@link bundleHandler}. */
export interface BundleHandlerOptions {
  /** Asked at every request: a `BundleSource`, a `BundleStore`, a set, an `X509Source`. */
  readonly source: X509BundleSource & Partial<JwtBundleSource> & Partial<SpiffeBundleSource>;
  /** The trust domain whose bundle is served, and no other. */
  readonly trustDomain: string | TrustDomain;
  /** Used where the source has none of its own. Default 300. */
  readonly refreshHintSeconds?: number | undefined;
}

/**
 * A bundle endpoint: answers GET and HEAD with the SPIFFE bundle of one trust domain (SPIFFE_Federation). Any path is
 * answered; put a router in front to have others. Without a bundle the answer is 503.
 *
 * For the profile https_web hand it to `https.createServer`, for https_spiffe to `createServer` of `@idstack/spiffe/https` with
 * `peer: "none"`: nobody needs an SVID to read a bundle.
 *
 * @throws {@link SpiffeError} `invalid-trust-domain`.
 *
 * @example
 * ```ts
 * import { bundleHandler } from "@idstack/spiffe/federation";
 * import { createServer } from "@idstack/spiffe/https";
 * import type { BundleSource, X509Source } from "@idstack/spiffe";
 * export const serve = (own: X509Source, bundles: BundleSource) =>
 *   createServer({ source: own, peer: "none" }, bundleHandler({ source: bundles, trustDomain: "homelab.internal" })).listen(8443);
 * ```
 */
export function bundleHandler(options: BundleHandlerOptions): (req: IncomingMessage, res: ServerResponse) => void {
  const { source, refreshHintSeconds = 300 } = options;
  requireSource(source, ["getX509Bundle"], "a BundleSource");
  const trustDomain =
    typeof options.trustDomain === "string" ? TrustDomain.parse(options.trustDomain) : options.trustDomain;
  return (req, res) => {
    if (req.method !== "GET" && req.method !== "HEAD") {
      res.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    const bundle = find(source, trustDomain);
    if (bundle === undefined) {
      res.writeHead(503).end();
      return;
    }
    const text = marshalSpiffeBundle({ refreshHintSeconds, ...bundle });
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    res.writeHead(200, headers).end(req.method === "HEAD" ? undefined : text);
  };
}

/** None also while the source is withdrawn or closed: half a bundle would be another bundle. */
function find(source: BundleHandlerOptions["source"], trustDomain: TrustDomain): SpiffeBundle | undefined {
  try {
    if (source.getSpiffeBundle !== undefined) return source.getSpiffeBundle(trustDomain);
    const x509 = source.getX509Bundle(trustDomain);
    const jwt = source.getJwtBundle?.(trustDomain);
    if (x509 === undefined && jwt === undefined) return undefined;
    return { trustDomain, x509Authorities: x509?.authorities ?? [], jwtAuthorities: jwt?.authorities ?? [] };
  } catch {
    return undefined;
  }
}
