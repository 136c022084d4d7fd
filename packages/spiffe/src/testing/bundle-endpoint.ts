import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttpsServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { marshalSpiffeBundle, type SpiffeBundle } from "../bundle/spiffe-bundle.ts";
import { X509BundleSet } from "../bundle/x509-bundle.ts";
import { createServer as createSpiffeServer } from "../https/create-server.ts";
import { OID } from "../internal/x509/fields.ts";
import { mintCertificate, newKeyPair } from "../internal/x509/mint.ts";
import type { TestSvid } from "./test-ca.ts";

/** What a fake bundle endpoint answers with. */
export interface FakeBundleResponse {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A bundle, or any text. */
  readonly body?: SpiffeBundle | string;
}

/** Options of {@link startBundleEndpoint}. */
export interface FakeBundleEndpointOptions extends FakeBundleResponse {
  /** Serves with the profile https_spiffe and this SVID. Default: https_web with a certificate for localhost. */
  readonly svid?: TestSvid;
}

/**
 * Starts a bundle endpoint for tests on a free port of the loopback interface.
 *
 * @example
 * ```ts
 * import { fetchBundle } from "@idstack/spiffe/federation";
 * import { startBundleEndpoint, TestCa } from "@idstack/spiffe/testing";
 * const { trustDomain, authorities } = new TestCa("partner.internal").bundle;
 * const endpoint = await startBundleEndpoint({ body: { trustDomain, x509Authorities: authorities, jwtAuthorities: [] } });
 * const bundle = await fetchBundle({ trustDomain, url: endpoint.url, profile: { type: "https_web", ca: endpoint.ca } });
 * console.log(bundle.x509Authorities.length); // 1
 * await endpoint.close();
 * ```
 */
export async function startBundleEndpoint(options: FakeBundleEndpointOptions = {}): Promise<FakeBundleEndpoint> {
  const { svid, ...response } = options;
  const web = webCertificate();
  let endpoint: FakeBundleEndpoint | undefined;
  const handle = (req: IncomingMessage, res: ServerResponse): void => endpoint?.handle(req, res);
  const context = svid && { svid, svids: [svid], bundles: new X509BundleSet([svid.bundle]) };
  const server =
    context === undefined
      ? createHttpsServer(web, handle)
      : createSpiffeServer({ source: { getX509Context: () => context }, peer: "none" }, handle);
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = new FakeBundleEndpoint(server, web.ca, response);
  return endpoint;
}

/** A running fake, see {@link startBundleEndpoint}. */
export class FakeBundleEndpoint implements AsyncDisposable {
  /** `https://localhost:port/`. */
  readonly url: string;
  /** PEM of the CA that signed the web certificate. */
  readonly ca: string;
  /** Method and path of every request. */
  readonly requests: string[] = [];
  /** What the next requests are answered with. */
  response: FakeBundleResponse;
  readonly #server: Server;

  /** @internal Use `startBundleEndpoint`. */
  constructor(server: Server, ca: string, response: FakeBundleResponse) {
    this.#server = server;
    this.ca = ca;
    this.response = response;
    this.url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  }

  /** @internal */
  handle(req: IncomingMessage, res: ServerResponse): void {
    this.requests.push(`${req.method} ${req.url}`);
    const { status = 200, headers = { "content-type": "application/json" }, body = "" } = this.response;
    res.writeHead(status, headers).end(typeof body === "string" ? body : marshalSpiffeBundle(body));
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.#server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function webCertificate(): { readonly ca: string; readonly cert: string; readonly key: string } {
  const [root, leaf] = [newKeyPair(), newKeyPair()];
  const shared = {
    issuer: "test web root",
    signingKey: root.privateKey,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
  };
  const ca = mintCertificate({
    ...shared,
    subject: "test web root",
    publicKey: root.publicKey,
    basicConstraints: { ca: true },
    keyUsage: { critical: true, bits: ["keyCertSign"] },
  });
  const cert = mintCertificate({
    ...shared,
    subject: "localhost",
    publicKey: leaf.publicKey,
    basicConstraints: { ca: false },
    keyUsage: { critical: true, bits: ["digitalSignature"] },
    extendedKeyUsage: [OID.serverAuth],
    dnsNames: ["localhost"],
  });
  return { ca: String(ca), cert: String(cert), key: String(leaf.privateKey.export({ type: "pkcs8", format: "pem" })) };
}
