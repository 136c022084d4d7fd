import { once } from "node:events";
import type { Socket } from "node:net";
import { SpiffeError } from "../errors.ts";

/** SSLRequest: its length, and the number that stands where others have the version of the protocol. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Asks a PostgreSQL server for TLS, for the `upgrade` option of {@link streams}: PostgreSQL speaks its own protocol until
 * then (PostgreSQL documentation, "SSL Session Encryption").
 *
 * @throws {@link SpiffeError} `tls-not-offered` if the server has no TLS, or sends more than its one byte: what comes before
 * the handshake comes from nobody.
 *
 * @example
 * ```ts
 * import { postgresTls, streams } from "@idstack/spiffe/tls";
 * import type { X509Source } from "@idstack/spiffe";
 * // new pg.Pool({ host: "db.apps.svc", stream: database(source) })
 * export const database = (source: X509Source) =>
 *   streams({ source, authorize: ["spiffe://homelab.internal/ns/db/sa/postgres"], upgrade: postgresTls });
 * ```
 */
export async function postgresTls(socket: Socket): Promise<void> {
  socket.write(SSL_REQUEST);
  const [answer] = (await once(socket, "data")) as [Buffer];
  if (answer.length === 1 && answer.toString() === "S") return;
  const said = answer.toString("latin1", 0, 1) === "N" ? "it offers no TLS" : "it answers something else";
  throw new SpiffeError("tls-not-offered", `PostgreSQL was asked for TLS: ${said}`);
}
