import { bytes, integer, map, message, nested, repeated, string } from "../proto/message.ts";
import type { Method } from "../rpc/transport.ts";

/** `spire.api.types` and `spire.api.agent.delegatedidentity.v1`, by the field numbers of SPIRE's published API. */
const spiffeId = message<{ trustDomain: string; path: string }>({ trustDomain: string(1), path: string(2) });

const selector = message<{ type: string; value: string }>({ type: string(1), value: string(2) });

const x509Svid = message({
  certChain: repeated(bytes(1)),
  id: nested(2, () => spiffeId),
  expiresAt: integer(3),
  hint: string(4),
});

const x509SvidWithKey = message({ x509Svid: nested(1, () => x509Svid), x509SvidKey: bytes(2) });

const jwtSvid = message({
  token: string(1),
  id: nested(2, () => spiffeId),
  expiresAt: integer(3),
  issuedAt: integer(4),
  hint: string(5),
});

const empty = message<Record<never, never>>({});

const x509Request = message({ selectors: repeated(nested(1, () => selector)), pid: integer(2) });

const x509Response = message({
  x509Svids: repeated(nested(1, () => x509SvidWithKey)),
  federatesWith: repeated(string(2)),
});

const x509BundlesResponse = message({ caCertificates: map(1, bytes(2)) });

const jwtRequest = message({
  audience: repeated(string(1)),
  selectors: repeated(nested(2, () => selector)),
  pid: integer(3),
});

const jwtResponse = message({ svids: repeated(nested(1, () => jwtSvid)) });

const jwtBundlesResponse = message({ bundles: map(1, bytes(2)) });

function method<I, O>(
  name: string,
  request: Method<I, O>["request"],
  response: Method<I, O>["response"],
): Method<I, O> {
  return { path: `/spire.api.agent.delegatedidentity.v1.DelegatedIdentity/${name}`, request, response };
}

export const delegatedIdentity = {
  subscribeToX509Svids: method("SubscribeToX509SVIDs", x509Request, x509Response),
  subscribeToX509Bundles: method("SubscribeToX509Bundles", empty, x509BundlesResponse),
  fetchJwtSvids: method("FetchJWTSVIDs", jwtRequest, jwtResponse),
  subscribeToJwtBundles: method("SubscribeToJWTBundles", empty, jwtBundlesResponse),
} as const;
