import type { X509BundleSource } from "../../bundle/x509-bundle.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { SpiffeError } from "../../errors.ts";
import { authorizer } from "../../id/authorize.ts";
import type { SpiffeId } from "../../id/spiffe-id.ts";
import type { MetricsRecorder } from "../../metrics/recorder.ts";
import type { X509ContextSource } from "../../svid/x509-svid.ts";
import type {
  AnyPeerServerOptions,
  Refusal,
  SpiffeClientOptions,
  SpiffePeerServerOptions,
  WebPeerClientOptions,
} from "../../tls/options.ts";
import { requireSource } from "../require-source.ts";
import { ClientSessions } from "./client-sessions.ts";
import { NO_IDENTITY, type OwnIdentity, webIdentity } from "./identity.ts";
import { ServerSessions } from "./server-sessions.ts";
import { VerifiedChains } from "./verified-chains.ts";

/** The checked form of the options that say who shows what to whom. */
export interface Trust {
  /** What this side shows at this moment. @throws SpiffeError if there is nothing to show. */
  readonly own: () => OwnIdentity;
  /** How the other side is judged. */
  readonly peer: "spiffe" | "web" | "none";
  /** What SPIFFE peers are verified against at this moment. */
  readonly bundles: () => X509BundleSource;
  readonly authorize: (id: SpiffeId) => void;
  readonly chains: VerifiedChains;
  readonly ca: WebPeerClientOptions["ca"];
  readonly onRefused: ((refusal: Refusal) => void) | undefined;
  readonly metrics: MetricsRecorder | undefined;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  /** When a connection that begins now has to end; undefined: never. */
  readonly endOfLife: () => number | undefined;
  readonly clientSessions: ClientSessions | undefined;
  readonly serverSessions: ServerSessions | undefined;
  readonly clock: Clock;
}

/** Every option that {@link clientTrust} and {@link serverTrust} read; the rest is Node's. */
export type TrustOptions = SpiffeClientOptions | SpiffePeerServerOptions | AnyPeerServerOptions;

/** @throws TypeError if the options cannot work. */
export function clientTrust(options: SpiffeClientOptions): Trust {
  const { present = "svid", peer = "spiffe" } = options;
  if (present !== "svid" && present !== "none") throw new TypeError('present has to be "svid" or "none" for a client');
  if (peer !== "spiffe" && peer !== "web") throw new TypeError('peer has to be "spiffe" or "web" for a client');
  if (present === "none" && peer === "web") throw new TypeError("SPIFFE has no part in this: use node:tls");
  return trustOf(options, "client");
}

/** @throws TypeError if the options cannot work. */
export function serverTrust(options: SpiffePeerServerOptions | AnyPeerServerOptions): Trust {
  const { present = "svid", peer = "spiffe" } = options;
  if (present !== "svid" && typeof present !== "function" && !isWebCertificate(present)) {
    throw new TypeError('present has to be "svid", { cert, key } or a function that returns them for a server');
  }
  if (peer !== "spiffe" && peer !== "none") throw new TypeError('peer has to be "spiffe" or "none" for a server');
  if (present !== "svid" && peer === "none") throw new TypeError("SPIFFE has no part in this: use node:tls");
  return trustOf(options, "server");
}

function trustOf(options: TrustOptions, side: "client" | "server"): Trust {
  const {
    source,
    onRefused,
    minVersion = "TLSv1.3",
    clock = systemClock,
    peer = "spiffe",
    resumption = false,
  } = options;
  if (minVersion !== "TLSv1.2" && minVersion !== "TLSv1.3")
    throw new TypeError("minVersion has to be TLSv1.2 or TLSv1.3");
  if (peer !== "spiffe" && "authorize" in options && options.authorize !== undefined)
    throw new TypeError(`there is nobody to authorize with peer: "${peer}"`);
  if (resumption && peer !== "spiffe")
    throw new TypeError("resumption needs a SPIFFE peer, which can be verified again");
  const own = ownIdentity(options);
  const bundles = peer === "spiffe" ? bundlesOf(source) : noBundles;
  return {
    own,
    peer,
    bundles,
    authorize: peer === "spiffe" ? authorizer(options.authorize as never) : noPeer,
    chains: memoryOf(source).chains,
    ca: peer === "web" ? (options as WebPeerClientOptions).ca : undefined,
    onRefused,
    metrics: options.metrics,
    minVersion,
    endOfLife: endOfLife(options, clock),
    clientSessions: resumption && side === "client" ? memoryOf(source).sessions : undefined,
    serverSessions: resumption && side === "server" ? new ServerSessions() : undefined,
    clock,
  };
}

/** What connections with one source know of each other, however they were made. */
interface Memory {
  readonly chains: VerifiedChains;
  readonly sessions: ClientSessions;
}

const memories = new WeakMap<object, Memory>();

function memoryOf(source: object): Memory {
  const memory = memories.get(source) ?? { chains: new VerifiedChains(), sessions: new ClientSessions() };
  memories.set(source, memory);
  return memory;
}

function ownIdentity({ source, present = "svid" }: TrustOptions): Trust["own"] {
  if (present === "none") return () => NO_IDENTITY;
  if (present !== "svid") return webIdentity(present);
  requireSource(source, ["getX509Context"], "an X509Source");
  return () => guarded(() => (source as X509ContextSource).getX509Context().svid);
}

/** Where a source has a context, it is asked for that: the bundles are of the same moment as the SVID. */
function bundlesOf(source: TrustOptions["source"] | undefined): Trust["bundles"] {
  const { getX509Context } = (source ?? {}) as Partial<X509ContextSource>;
  if (typeof getX509Context === "function") {
    return () => guarded(() => (source as X509ContextSource).getX509Context().bundles);
  }
  requireSource(source, ["getX509Bundle"], "a BundleSource, an X509Source or an X509BundleSet");
  const bundles: X509BundleSource = {
    getX509Bundle: (trustDomain) => guarded(() => (source as X509BundleSource).getX509Bundle(trustDomain)),
  };
  return () => bundles;
}

/** A source of the caller may throw anything: the peer has to be refused with a reason all the same. */
function guarded<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof SpiffeError) throw error;
    throw new SpiffeError("no-svid", `the source failed: ${(error as Error)?.message ?? error}`, { cause: error });
  }
}

function endOfLife(options: TrustOptions, clock: Clock): Trust["endOfLife"] {
  const { maxConnectionAgeMs: age, maxConnectionAgeJitter: jitter = 0.1 } = options;
  if (age === undefined) return () => undefined;
  if (!(age > 0)) throw new TypeError("maxConnectionAgeMs has to be a positive number of milliseconds");
  if (!(jitter >= 0 && jitter <= 1)) throw new TypeError("maxConnectionAgeJitter has to be between 0 and 1");
  return () => clock.now() + age * (1 - jitter * Math.random());
}

function isWebCertificate(present: unknown): boolean {
  return typeof present === "object" && present !== null && "cert" in present && "key" in present;
}

function noBundles(): never {
  throw new TypeError("this side verifies no SPIFFE peers");
}

const noPeer = noBundles;
