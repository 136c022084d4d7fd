import { bytes, type Message, map, message, nested, repeated, string } from "../proto/message.ts";
import { struct } from "../proto/struct.ts";
import type { Method } from "../rpc/transport.ts";

/** The messages and methods of `workloadapi.proto` as the client needs them; a test compares them with the file. */
export interface X509SvidEntry {
  readonly spiffeId: string;
  readonly x509Svid: Uint8Array;
  readonly x509SvidKey: Uint8Array;
  readonly bundle: Uint8Array;
  readonly hint: string;
}

export interface JwtSvidEntry {
  readonly spiffeId: string;
  readonly svid: string;
  readonly hint: string;
}

const empty = message<Record<never, never>>({});

export const x509Svid = message<X509SvidEntry>({
  spiffeId: string(1),
  x509Svid: bytes(2),
  x509SvidKey: bytes(3),
  bundle: bytes(4),
  hint: string(5),
});

export const x509SvidResponse = message({
  svids: repeated(nested(1, () => x509Svid)),
  crl: repeated(bytes(2)),
  federatedBundles: map(3, bytes(2)),
});

export const x509BundlesResponse = message({ crl: repeated(bytes(1)), bundles: map(2, bytes(2)) });

export const jwtSvidRequest = message({ audience: repeated(string(1)), spiffeId: string(2) });

export const jwtSvid = message<JwtSvidEntry>({ spiffeId: string(1), svid: string(2), hint: string(3) });

export const jwtSvidResponse = message({ svids: repeated(nested(1, () => jwtSvid)) });

export const jwtBundlesResponse = message({ bundles: map(1, bytes(2)) });

export const validateJwtSvidRequest = message({ audience: string(1), svid: string(2) });

export const validateJwtSvidResponse = message({ spiffeId: string(1), claims: struct(2) });

function method<I, O>(name: string, rest: Omit<Method<I, O>, "path">): Method<I, O> {
  return { path: `/SpiffeWorkloadAPI/${name}`, ...rest };
}

export const workloadApi = {
  fetchX509Svid: method("FetchX509SVID", { request: empty, response: x509SvidResponse }),
  fetchX509Bundles: method("FetchX509Bundles", { request: empty, response: x509BundlesResponse }),
  fetchJwtSvid: method("FetchJWTSVID", { request: jwtSvidRequest, response: jwtSvidResponse }),
  fetchJwtBundles: method("FetchJWTBundles", { request: empty, response: jwtBundlesResponse }),
  validateJwtSvid: method("ValidateJWTSVID", { request: validateJwtSvidRequest, response: validateJwtSvidResponse }),
} as const;

/** What a message holds. */
export type Decoded<M> = M extends Message<infer T> ? T : never;
