import { once } from "node:events";
import { connect, type Socket, type TcpNetConnectOpts } from "node:net";
import { SpiffeError } from "../../errors.ts";
import type { Trust } from "./trust.ts";

/** Speaks on a plain connection until the other side is ready for TLS; resolves then. */
export type Upgrade = (socket: Socket) => Promise<void>;

/** A plain connection on which the other side waits for TLS. */
export interface Upgrading {
  readonly socket: Socket;
  /** Rejects with the first thing that goes wrong; the socket is destroyed then. */
  readonly ready: Promise<void>;
}

/** Connects, and lets the protocol ask for TLS; both have to be done in `timeoutMs`. */
export function connectUpgraded(
  target: TcpNetConnectOpts | { readonly path: string },
  upgrade: Upgrade,
  { clock }: Trust,
  timeoutMs: number,
): Upgrading {
  const socket = connect(target);
  const failed = new Promise<never>((_, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(Object.assign(new Error("closed before TLS began"), { code: "ECONNRESET" })));
  });
  failed.catch(() => {});
  const cancel = clock.schedule(() => {
    socket.destroy(new SpiffeError("handshake-timeout", `the other side was not ready for TLS within ${timeoutMs} ms`));
  }, timeoutMs);
  const asked = async (): Promise<void> => {
    await once(socket, "connect");
    await upgrade(socket);
  };
  const ready = Promise.race([asked(), failed]).finally(cancel);
  ready.catch(() => socket.on("error", () => {}).destroy());
  return { socket, ready };
}
