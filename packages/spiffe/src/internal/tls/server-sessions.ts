import { randomBytes, type X509Certificate } from "node:crypto";
import type { Server } from "node:tls";
import type { Peer } from "../../tls/peer.ts";
import { BoundedMap } from "../bounded-map.ts";
import { fingerprint } from "./verified-chains.ts";

const MAX_CHAINS = 1024;

/**
 * What a server needs to judge resumed sessions: a ticket holds the leaf only, so the chains are kept here, as many as
 * fit. Tickets it is, although the server then cannot look before it resumes: for TLS 1.3 Node has no other sessions.
 */
export class ServerSessions {
  readonly #chains = new BoundedMap<string, readonly X509Certificate[]>(MAX_CHAINS);

  /** Called with every peer that was verified by a full handshake. */
  keep(peer: Peer): void {
    this.#chains.set(fingerprint(peer.certificates[0]), peer.certificates);
  }

  chainOf(leaf: X509Certificate | undefined): readonly X509Certificate[] | undefined {
    return leaf && this.#chains.get(fingerprint(leaf));
  }

  /** Whoever is refused for an old chain may have a new one: without a key for its ticket it comes to show it. */
  voidTickets(server: Server): void {
    server.setTicketKeys(randomBytes(48));
  }
}
