import { once } from "node:events";
import { type Agent, get } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { SpiffeId } from "@idstack/spiffe";
import { createServer, peerOf, type SpiffeHttpsServer, type SpiffeHttpsServerOptions } from "@idstack/spiffe/https";

/** A connection that a server of ours admitted, as its handler saw it. */
export interface Admitted {
  readonly id: string;
  readonly serial: string;
  readonly protocol: string | null;
}

/** A server on loopback that remembers who came and answers as the peer on go-spiffe does, with the serial number beside. */
export async function startServer(
  options: SpiffeHttpsServerOptions,
): Promise<
  { readonly url: string; readonly admitted: Admitted[]; readonly server: SpiffeHttpsServer } & AsyncDisposable
> {
  const admitted: Admitted[] = [];
  const server = createServer(options, (req, res) => {
    const { id, certificates } = req.peer;
    const { serialNumber: serial } = certificates[0];
    admitted.push({
      id: `${id}`,
      serial,
      protocol: (req.socket as TLSSocket).getProtocol(),
    });
    res.end(JSON.stringify({ peer: `${id}`, server: `${options.source.getX509Context().svid.id}`, serial }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    admitted,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** An answer with what the client knows of the server. */
export interface Answer {
  /** `serial` is that of the client's certificate; go-spiffe does not tell it. */
  readonly body: { readonly peer: string; readonly server: string; readonly serial?: string };
  readonly peer: SpiffeId;
  readonly serial: string;
  readonly protocol: string | null;
}

export function request(url: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent }, (res) => {
      const { id, certificates } = peerOf(res);
      const protocol = (res.socket as TLSSocket).getProtocol();
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.once("error", reject);
      res.once("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Answer["body"];
        resolve({ body, peer: id, serial: certificates[0].serialNumber, protocol });
      });
    });
    sent.once("error", reject);
  });
}
