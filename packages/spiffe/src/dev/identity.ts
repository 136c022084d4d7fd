import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Clock } from "../clock.ts";
import type { X509BundlesResponseSchema, X509SVIDResponseSchema } from "../gen/workloadapi_pb.ts";
import type { SpiffeId } from "../id/spiffe-id.ts";
import { Feed } from "../internal/workload-api/feed.ts";
import { bundlesMessage, svidsMessage } from "../internal/workload-api/messages.ts";
import type { WorkloadApiHandlers } from "../internal/workload-api/server.ts";
import { BACKDATE_MS, leafRequest } from "../internal/x509/authority.ts";
import { mintCertificate, newKeyPair } from "../internal/x509/mint.ts";
import { validateDevJwt } from "./jwt-authority.ts";
import type { DevTrustDomain } from "./trust-domain.ts";

/** SPIRE's default. */
const JWT_TTL_SECONDS = 300;

/** One identity of the development agent: issues its SVIDs, renews them at half life and answers its calls. */
export class DevIdentity {
  readonly id: SpiffeId;
  readonly #domain: DevTrustDomain;
  readonly #ttlMs: number;
  readonly #clock: Clock;
  readonly #svids = new Feed<MessageInitShape<typeof X509SVIDResponseSchema>>();
  readonly #bundles = new Feed<MessageInitShape<typeof X509BundlesResponseSchema>>();
  readonly #jwtBundles = new Feed<{ bundles: Record<string, Uint8Array> }>();
  #cancel: () => void = () => {};

  constructor(id: SpiffeId, domain: DevTrustDomain, ttlSeconds: number, clock: Clock) {
    this.id = id;
    this.#domain = domain;
    this.#ttlMs = ttlSeconds * 1000;
    this.#clock = clock;
    this.#bundles.set(bundlesMessage(domain.x509Bundles));
    const documents = [...domain.jwtBundles].map(([name, jwks]): [string, Uint8Array] => [
      name,
      Buffer.from(JSON.stringify(jwks)),
    ]);
    this.#jwtBundles.set({ bundles: Object.fromEntries(documents) });
    this.rotate();
  }

  /** Issues a new SVID, pushes it to the open streams and plans the next one. */
  rotate(): void {
    this.#cancel();
    const now = this.#clock.now();
    const { publicKey, privateKey } = newKeyPair();
    const { x509 } = this.#domain.ca;
    const validity = { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + this.#ttlMs) };
    const leaf = mintCertificate(leafRequest(x509, this.id.toString(), publicKey, validity));
    const [bundle, ...federated] = this.#domain.x509Bundles;
    const svid = { id: this.id, certificates: [leaf] as const, privateKey, bundle };
    this.#svids.set(svidsMessage([svid], federated));
    this.#cancel = this.#clock.schedule(() => this.rotate(), this.#ttlMs / 2);
  }

  /** Stops renewing. */
  stop(): void {
    this.#cancel();
  }

  readonly handlers: WorkloadApiHandlers = {
    fetchX509SVID: (_request, { signal }) => this.#svids.subscribe(signal),
    fetchX509Bundles: (_request, { signal }) => this.#bundles.subscribe(signal),
    fetchJWTBundles: (_request, { signal }) => this.#jwtBundles.subscribe(signal),
    fetchJWTSVID: ({ audience, spiffeId }) => {
      if (audience.length === 0) throw new ConnectError("audience must be specified", Code.InvalidArgument);
      const id = this.id.toString();
      if (spiffeId !== "" && spiffeId !== id) throw new ConnectError("no identity issued", Code.PermissionDenied);
      const svid = this.#domain.jwt.issue(id, audience, this.#clock.now(), JWT_TTL_SECONDS);
      return { svids: [{ spiffeId: id, svid }] };
    },
    validateJWTSVID: ({ audience, svid }) => {
      if (audience === "" || svid === "")
        throw new ConnectError("audience and svid must be specified", Code.InvalidArgument);
      try {
        const claims = validateDevJwt(svid, audience, this.#domain.jwtBundles, this.#clock.now());
        return { spiffeId: claims.sub, claims };
      } catch (error) {
        throw new ConnectError((error as Error).message, Code.InvalidArgument);
      }
    },
  };
}
