/** One side of a TLS benchmark in a process of its own; told what to do over IPC by the bench that forked it. */
import { constants, createPrivateKey, X509Certificate } from "node:crypto";
import { Agent, createServer as createHttps, get } from "node:https";
import type { AddressInfo, Server } from "node:net";
import {
  createSecureContext,
  createServer as createTls,
  type SecureContext,
  type TLSSocket,
  connect as tlsConnect,
} from "node:tls";
import { SpiffeId, X509BundleSet, type X509Context } from "@idstack/spiffe";
import { createServer as createSpiffeHttps, spiffeAgent } from "@idstack/spiffe/https";
import { createServer as createSpiffeTls, connect as spiffeConnect } from "@idstack/spiffe/tls";

export interface Identity {
  readonly id: string;
  readonly cert: string;
  readonly key: string;
}

/** `same`: one identity for all; `distinct`: the client has another each time; `rotation`: both sides have. */
export type Scenario = "same" | "distinct" | "rotation";

export type Command =
  | { readonly do: "serve"; readonly kind: "tls" | "https"; readonly scenario: Scenario }
  | {
      readonly do: "handshakes" | "requests";
      readonly port: number;
      readonly count: number;
      readonly parallel: number;
      readonly scenario: Scenario;
    }
  | { readonly do: "prepare"; readonly count: number }
  | { readonly do: "open"; readonly port: number; readonly count: number }
  | { readonly do: "memory" };

export interface Setup {
  readonly library: "idstack" | "node";
  readonly ca: string;
  readonly identities: readonly Identity[];
}

let setup: Setup;
let at = 0;
const held: unknown[] = [];

process.on("message", (message: Setup | Command) => {
  if ("library" in message) setup = message;
  else void run(message).then((answer) => process.send?.(answer));
});

async function run(command: Command): Promise<unknown> {
  switch (command.do) {
    case "serve":
      return serve(command.kind, command.scenario);
    case "prepare":
      while (fresh.length < command.count) fresh.push(parse(next("rotation")));
      return fresh.length;
    case "handshakes":
      return measure(command.count, command.parallel, () => handshake(command.port, command.scenario));
    case "requests":
      return measure(command.count, command.parallel, requester(command.port));
    case "open":
      return measure(command.count, 8, async () => held.push(await open(command.port, "same")));
    case "memory":
      for (let round = 0; round < 4; round += 1) {
        (globalThis as { gc?: () => void }).gc?.();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return process.memoryUsage().rss;
  }
}

async function measure(count: number, parallel: number, act: () => Promise<unknown>): Promise<number> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await act();
  };
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({ length: parallel }, worker));
  return count / (Number(process.hrtime.bigint() - start) / 1e9);
}

const contexts = new Map<Identity, X509Context>();
/** Parsed before the clock runs, as a source does when its agent pushes; each is used for one handshake. */
const fresh: X509Context[] = [];

function parse(identity: Identity): X509Context {
  const id = SpiffeId.parse(identity.id);
  const certificates = [new X509Certificate(identity.cert)] as const;
  const svid = { id, certificates, privateKey: createPrivateKey(identity.key) };
  const bundles = new X509BundleSet([{ trustDomain: id.trustDomain, authorities: [new X509Certificate(setup.ca)] }]);
  return { svid, svids: [svid], bundles };
}

function contextOf(identity: Identity, scenario: Scenario): X509Context {
  const known = scenario === "rotation" ? fresh.pop() : contexts.get(identity);
  const context = known ?? parse(identity);
  contexts.set(identity, context);
  return context;
}

function next(scenario: Scenario): Identity {
  if (scenario !== "same") at += 1;
  return setup.identities[at % setup.identities.length] as Identity;
}

const NODE = { secureOptions: constants.SSL_OP_NO_TICKET, minVersion: "TLSv1.3" } as const;

async function serve(kind: "tls" | "https", scenario: Scenario): Promise<number> {
  const rotates = scenario === "rotation";
  let current = setup.identities[0] as Identity;
  let context: X509Context;
  let server: Server;
  const onConnection = (socket: TLSSocket): void => {
    socket.on("error", () => {}).write("x");
    held.push(socket);
    socket.on("close", () => held.splice(held.indexOf(socket), 1));
    if (!rotates) return;
    current = next(scenario);
    context = contextOf(current, scenario);
    if (setup.library === "node")
      nodeServer?.setSecureContext({ ...NODE, ca: setup.ca, cert: current.cert, key: current.key });
  };
  let nodeServer: ReturnType<typeof createTls> | undefined;
  if (setup.library === "node") {
    const options = { ...NODE, ca: setup.ca, cert: current.cert, key: current.key, requestCert: true };
    nodeServer =
      kind === "tls" ? createTls(options, onConnection) : createHttps(options, (_req, res) => res.end("hello"));
    server = nodeServer;
  } else {
    context = parse(current);
    const options = { source: { getX509Context: () => context }, authorize: () => true };
    server =
      kind === "tls"
        ? createSpiffeTls(options, onConnection)
        : createSpiffeHttps(options, (_req, res) => res.end("hello"));
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const secureContexts = new Map<Identity, SecureContext>();

async function open(port: number, scenario: Scenario): Promise<TLSSocket> {
  const identity = next(scenario);
  const socket =
    setup.library === "node"
      ? await openPlain(port, scenario, identity)
      : await openSpiffe(port, contextOf(identity, scenario));
  // The server answers when it has judged its client: both sides are done.
  await new Promise((resolve, reject) => socket.once("data", resolve).once("error", reject));
  return socket;
}

function openPlain(port: number, scenario: Scenario, identity: Identity): Promise<TLSSocket> {
  const { cert, key } = identity;
  const known = scenario === "rotation" ? undefined : secureContexts.get(identity);
  const secureContext = known ?? createSecureContext({ ...NODE, ca: setup.ca, cert, key });
  secureContexts.set(identity, secureContext);
  const options = { host: "127.0.0.1", port, secureContext, checkServerIdentity: () => undefined };
  return new Promise((resolve, reject) => {
    const socket = tlsConnect(options, () => resolve(socket));
    socket.once("error", reject);
  });
}

let client: X509Context;
const source = { getX509Context: () => client };

function openSpiffe(port: number, context: X509Context): Promise<TLSSocket> {
  client = context;
  return spiffeConnect({ source, authorize: () => true, host: "127.0.0.1", port });
}

async function handshake(port: number, scenario: Scenario): Promise<void> {
  (await open(port, scenario)).destroy();
}

function requester(port: number): () => Promise<void> {
  const identity = setup.identities[0] as Identity;
  const context = parse(identity);
  const maxSockets = 8;
  const agent =
    setup.library === "node"
      ? new Agent({
          ...NODE,
          keepAlive: true,
          maxSockets,
          ca: setup.ca,
          cert: identity.cert,
          key: identity.key,
          checkServerIdentity: () => undefined,
        })
      : spiffeAgent({ source: { getX509Context: () => context }, authorize: () => true, maxSockets });
  return () =>
    new Promise((resolve, reject) => {
      get({ host: "127.0.0.1", port, agent }, (res) => res.resume().on("end", resolve)).on("error", reject);
    });
}
