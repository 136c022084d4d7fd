import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { Connection } from "../../../src/internal/rpc/connection.ts";

/** A server that takes connections and never says anything. */
async function toSilence(): Promise<Connection> {
  const server = createServer((socket) => socket.on("error", () => {}).resume()).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => void (await server[Symbol.asyncDispose]()));
  const { port } = server.address() as { port: number };
  return new Connection({ address: `tcp://127.0.0.1:${port}`, kind: "tcp", host: "127.0.0.1", port });
}

it("close ends the waiting for a connection, and none is made afterwards", async () => {
  const connection = await toSilence();
  const session = connection.session();
  connection.close();
  await expect(session).rejects.toThrow("aborted");
  await expect(connection.session()).rejects.toThrow("the client is closed");
});

it("close ends a connection that is there", async () => {
  const connection = await toSilence();
  const session = await connection.session();
  const closed = once(session, "close");
  connection.close();
  await closed;
  expect(session.destroyed).toBe(true);
});
