import { X509Certificate } from "node:crypto";
import type { Server } from "node:tls";
import type { Peer } from "../../tls/peer.ts";
import { childrenOf, readOnly, TAG } from "../der/reader.ts";
import { BoundedMap } from "./bounded-map.ts";
import { isAdmitted } from "./judge.ts";
import type { Trust } from "./trust.ts";
import { fingerprint } from "./verified-chains.ts";

const MAX_SESSIONS = 1024;

/** `peer [3] EXPLICIT X509` in OpenSSL's form of a session. */
const PEER = 0xa3;

/**
 * Sessions that a server may resume, and the chains with which they began: a session holds the leaf only. Both are
 * bounded; whoever is forgotten makes a full handshake.
 */
export class ServerSessions {
  readonly #sessions = new BoundedMap<string, Buffer>(MAX_SESSIONS);
  readonly #chains = new BoundedMap<string, readonly X509Certificate[]>(MAX_SESSIONS);

  attach(server: Server, trust: Trust): void {
    server.on("newSession", (id: Buffer, session: Buffer, done: () => void) => {
      this.#sessions.set(id.toString("hex"), session);
      done();
    });
    server.on("resumeSession", (id: Buffer, done: (error: Error | null, session: Buffer | null) => void) => {
      const session = this.#sessions.get(id.toString("hex"));
      const chain = session && this.chainOf(leafOf(session));
      // Whoever would be refused for an old chain may have a new one: only a full handshake shows it.
      done(null, session !== undefined && chain !== undefined && isAdmitted(chain, trust) ? session : null);
    });
  }

  /** Called with every peer that was verified by a full handshake. */
  keep(peer: Peer): void {
    this.#chains.set(fingerprint(peer.certificates[0]), peer.certificates);
  }

  chainOf(leaf: X509Certificate | undefined): readonly X509Certificate[] | undefined {
    return leaf && this.#chains.get(fingerprint(leaf));
  }
}

function leafOf(session: Buffer): X509Certificate | undefined {
  try {
    const peer = childrenOf(readOnly(session), TAG.sequence).find(({ tag }) => tag === PEER);
    return peer && new X509Certificate(peer.content);
  } catch {
    return undefined;
  }
}
