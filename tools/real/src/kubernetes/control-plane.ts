import { generateKeyPair, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LogFile } from "../internal/log-file.ts";
import { freePorts } from "../internal/ports.ts";
import { SupervisedProcess } from "../internal/supervised-process.ts";
import { untilReady } from "../internal/until-ready.ts";
import { ApiClient } from "./api-client.ts";

export interface ControlPlaneOptions {
  /** Private directory for everything the two programs write. */
  readonly directory: string;
  /** etcd's data; may hold a snapshot already. */
  readonly dataDirectory: string;
  readonly etcd: string;
  readonly apiServer: string;
  readonly disableAdmissionPlugins: readonly string[];
}

/** etcd and the API server on it, with certificates, keys and a token of their own, all on loopback. */
export interface ControlPlane extends AsyncDisposable {
  readonly url: string;
  readonly etcdUrl: string;
  readonly token: string;
  /** PEM of what the server's certificate is verified with. */
  readonly ca: string;
  readonly client: ApiClient;
  readonly logs: { readonly etcd: LogFile; readonly apiServer: LogFile };
}

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { directory, dataDirectory } = options;
  const [etcdPort = 0, peerPort = 0, port = 0] = await freePorts(3);
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const stack = new AsyncDisposableStack();
  try {
    const etcd = stack.use(
      await SupervisedProcess.start({
        name: "etcd",
        program: options.etcd,
        args: [
          `--data-dir=${dataDirectory}`,
          `--listen-client-urls=${etcdUrl}`,
          `--advertise-client-urls=${etcdUrl}`,
          `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
          // The data lives as long as a test does.
          "--unsafe-no-fsync",
          "--log-level=warn",
        ],
        logFile: join(directory, "etcd.log"),
      }),
    );
    await untilReady(etcd, () => isHealthy(`${etcdUrl}/health`), { state: "healthy" });

    const token = randomBytes(24).toString("hex");
    const files = await writeCredentials(directory, token);
    const apiServer = stack.use(
      await SupervisedProcess.start({
        name: "kube-apiserver",
        program: options.apiServer,
        args: [
          `--etcd-servers=${etcdUrl}`,
          `--cert-dir=${directory}`,
          "--bind-address=127.0.0.1",
          `--secure-port=${port}`,
          "--service-account-issuer=https://kubernetes.default.svc",
          `--service-account-key-file=${files.publicKey}`,
          `--service-account-signing-key-file=${files.privateKey}`,
          `--token-auth-file=${files.tokens}`,
          "--authorization-mode=RBAC",
          `--disable-admission-plugins=${options.disableAdmissionPlugins.join(",")}`,
          "--service-cluster-ip-range=10.96.0.0/16",
          // One client at a time: neither queues nor caches pay, and a cache answers 429 while it fills.
          "--enable-priority-and-fairness=false",
          "--watch-cache=false",
          "--profiling=false",
        ],
        logFile: join(directory, "kube-apiserver.log"),
      }),
    );
    const connected = await untilServing(apiServer, directory, port, token);
    stack.use(connected.client);
    const owned = stack.move();
    return {
      url: `https://127.0.0.1:${port}`,
      etcdUrl,
      token,
      ca: connected.ca,
      client: connected.client,
      logs: { etcd: etcd.log, apiServer: apiServer.log },
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** The server makes its certificate while it starts; with it, `/readyz` can be asked. */
async function untilServing(
  apiServer: SupervisedProcess,
  directory: string,
  port: number,
  token: string,
): Promise<{ readonly client: ApiClient; readonly ca: string }> {
  let connected: { readonly client: ApiClient; readonly ca: string } | undefined;
  const probe = async (): Promise<boolean> => {
    if (connected === undefined) {
      const ca = await readFile(join(directory, "apiserver.crt"), "utf8").catch(() => "");
      if (!ca.includes("-----END CERTIFICATE-----")) return false;
      connected = { ca, client: new ApiClient({ port, token, ca }) };
    }
    return (await connected.client.request("GET", "/readyz")).status === 200;
  };
  try {
    await untilReady(apiServer, probe, { state: "ready", within: 120_000 });
  } catch (error) {
    connected?.client[Symbol.dispose]();
    throw error;
  }
  if (connected === undefined) throw new TypeError("ready without a certificate");
  return connected;
}

async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(url);
  return ((await response.json()) as { health?: string }).health === "true";
}

async function writeCredentials(
  directory: string,
  token: string,
): Promise<{ readonly privateKey: string; readonly publicKey: string; readonly tokens: string }> {
  const pair = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  const [privateKey, publicKey, tokens] = [
    join(directory, "service-accounts.key"),
    join(directory, "service-accounts.pub"),
    join(directory, "tokens.csv"),
  ];
  const secret = { mode: 0o600 };
  await writeFile(privateKey, pair.privateKey.export({ type: "pkcs8", format: "pem" }), secret);
  await writeFile(publicKey, pair.publicKey.export({ type: "spki", format: "pem" }), secret);
  await writeFile(tokens, `${token},admin,admin,"system:masters"\n`, secret);
  return { privateKey, publicKey, tokens };
}
