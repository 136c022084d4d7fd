// pg, ioredis and nats over SPIFFE mTLS to the real servers, in front of which createServer ends TLS; PostgreSQL also by itself.
import { once } from "node:events";
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from "node:net";
import { TestCa } from "@idstack/spiffe/testing";
import { connect, createServer, drain, postgresTls, type Refusal, streams } from "@idstack/spiffe/tls";
import { recordEvidence } from "@idstack/tool-real";
import { Redis } from "ioredis";
import { connect as connectNats } from "nats";
import pg from "pg";
import { afterAll, afterEach, expect, it } from "vitest";
import { StaticSource } from "../../test/fixtures/static-source.ts";
import { type Backend, startNats, startPostgres, startRedis } from "./programs.ts";

const ca = new TestCa("homelab.internal");
const database = ca.intermediate().svid("/database");
const web = ca.svid("/web");
const checked = { postgresql: 0, redis: 0, nats: 0 };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  for (const [component, count] of Object.entries(checked)) {
    const proves = `@idstack/spiffe carries its protocol over mutual TLS, through rotation and drain`;
    await recordEvidence({ component, proves, checked: count, unit: "commands", mismatches: 0 });
  }
});

it("pg: queries, rotation, drain, and nothing for strangers", async () => {
  const { port, source, server, refusals, connections, clients } = await front(await startPostgres());
  const own = new StaticSource(web, ca.bundle);
  const stream = streams({ source: own, authorize: [`${database.id}`] });
  // A connection is used three times: every rotation reaches some that are made after it.
  const target = { host: "127.0.0.1", port, user: "postgres", database: "postgres" };
  const pool = new pg.Pool({ ...target, max: 4, maxUses: 3, stream });
  pool.on("error", () => {});
  closing.push(() => pool.end());
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => pool.query<{ sum: number }>("select $1::int + 1 as sum", [at])),
    );
    expect(answers.map(({ rows }) => rows[0]?.sum)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    checked.postgresql += answers.length;
    source.svid = ca.svid("/database");
    own.svid = ca.svid("/web");
  }
  expect(clients.size).toBeGreaterThanOrEqual(4);
  const long = await pool.query("select repeat('x', 5000000) as text");
  expect(long.rows[0].text.length).toBe(5_000_000);

  const before = connections();
  const wrong = streams({ source: new StaticSource(ca.svid("/stranger"), ca.bundle), authorize: [`${database.id}`] });
  const stranger = new pg.Client({ host: "127.0.0.1", port, user: "postgres", stream: wrong });
  await expect(stranger.connect()).rejects.toThrow();
  expect(refusals).toMatchObject([{ code: "unauthorized", peerId: "spiffe://homelab.internal/stranger" }]);
  expect(connections()).toBe(before);

  const strict = streams({ source: own, authorize: ["spiffe://homelab.internal/other"] });
  const mistrusting = new pg.Client({ host: "127.0.0.1", port, user: "postgres", stream: strict });
  mistrusting.on("error", () => {});
  await expect(mistrusting.connect()).rejects.toMatchObject({ code: "unauthorized" });

  await pool.end();
  closing.pop();
  expect(await drain(server)).toBe(0);
});

it("pg: PostgreSQL ends TLS itself, with SVIDs from files", async () => {
  const { certificates, privateKey } = database;
  const backend = await startPostgres({
    cert: certificates.join(""),
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    ca: ca.bundle.authorities.join(""),
  });
  closing.push(() => backend[Symbol.asyncDispose]());
  const { port, host } = backend.target as { port: number; host: string };
  const own = new StaticSource(web, ca.bundle);
  const options = { source: own, authorize: [`${database.id}`], upgrade: postgresTls };
  const pool = new pg.Pool({ host, port, user: "postgres", database: "postgres", max: 2, stream: streams(options) });
  // A connection that is being closed may still hear that the server goes down.
  pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
  closing.push(() => pool.end());
  const { rows } = await pool.query("select ssl, version from pg_stat_ssl where pid = pg_backend_pid()");
  expect(rows).toEqual([{ ssl: true, version: "TLSv1.3" }]);

  const strict = streams({ ...options, authorize: [`${web.id}`] });
  const mistrusting = new pg.Client({ host, port, user: "postgres", stream: strict });
  mistrusting.on("error", () => {});
  await expect(mistrusting.connect()).rejects.toMatchObject({ code: "unauthorized" });
  const foreign = streams({
    ...options,
    source: new StaticSource(new TestCa("other.internal").svid("/web"), ca.bundle),
  });
  const stranger = new pg.Client({ host, port, user: "postgres", stream: foreign });
  stranger.on("error", () => {});
  await expect(stranger.connect()).rejects.toThrow();
  checked.postgresql += 3;
});

it("ioredis: commands, rotation, drain", async () => {
  const { port, source, server, clients } = await front(await startRedis());
  const own = new StaticSource(web, ca.bundle);
  class SpiffeConnector {
    check(): boolean {
      return true;
    }
    disconnect(): void {}
    connect() {
      return connect({ source: own, authorize: [`${database.id}`], host: "127.0.0.1", port });
    }
  }
  for (let round = 0; round < 3; round += 1) {
    const redis = new Redis({ Connector: SpiffeConnector as never, retryStrategy: () => null });
    redis.on("error", () => {});
    await redis.set("round", round);
    expect(await redis.get("round")).toBe(String(round));
    checked.redis += 2;
    source.svid = ca.svid("/database");
    own.svid = ca.svid("/web");
    expect(await redis.ping()).toBe("PONG");
    checked.redis += 1;
    if (round < 2) await redis.quit();
    else closing.push(() => redis.disconnect());
  }
  expect(clients.size).toBe(3);
  expect(await drain(server)).toBe(0);
});

it("nats: publish and subscribe through a local forwarder, rotation, drain", async () => {
  const { port, source, server, clients } = await front(await startNats());
  const own = new StaticSource(web, ca.bundle);
  // nats makes its connections itself: it is given a loopback port behind which the verified connection begins.
  const forwarder = createTcpServer(async (plain) => {
    plain.on("error", () => {});
    const stream = streams({ source: own, authorize: [`${database.id}`] })().connect(port, "127.0.0.1");
    stream.on("error", () => plain.destroy());
    plain.pipe(stream).pipe(plain);
  });
  forwarder.listen(0, "127.0.0.1");
  await once(forwarder, "listening");
  closing.push(() => forwarder.close());
  const servers = `127.0.0.1:${(forwarder.address() as AddressInfo).port}`;
  for (let round = 0; round < 3; round += 1) {
    const client = await connectNats({ servers, reconnect: false });
    const messages = client.subscribe("greetings", { max: 3 });
    for (let at = 0; at < 3; at += 1) client.publish("greetings", `hello ${at}`);
    source.svid = ca.svid("/database");
    own.svid = ca.svid("/web");
    const texts: string[] = [];
    for await (const message of messages) texts.push(message.string());
    expect(texts).toEqual(["hello 0", "hello 1", "hello 2"]);
    checked.nats += 3;
    if (round < 2) await client.close();
    else closing.push(() => client.close());
  }
  expect(clients.size).toBe(3);
  expect(await drain(server)).toBe(0);
});

/** TLS ends here; behind it the plain protocol goes on. */
async function front(backend: Backend) {
  closing.push(() => backend[Symbol.asyncDispose]());
  let connections = 0;
  /** Serial numbers of the SVIDs that came: one for each rotation. */
  const clients = new Set<string>();
  const refusals: Refusal[] = [];
  const source = new StaticSource(database, ca.bundle);
  const onRefused = (refusal: Refusal): number => refusals.push(refusal);
  const server = createServer({ source, authorize: [`${web.id}`], onRefused }, (socket) => {
    connections += 1;
    clients.add(socket.peer.certificates[0].serialNumber);
    const plain = connectTcp(backend.target).on("error", () => socket.destroy());
    socket.on("error", () => plain.destroy()).on("close", () => plain.destroy());
    plain.on("close", () => socket.destroy());
    socket.pipe(plain).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return {
    port: (server.address() as AddressInfo).port,
    source,
    server,
    refusals,
    clients,
    connections: () => connections,
  };
}
