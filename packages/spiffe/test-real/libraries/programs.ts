import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { programPath } from "@idstack/tool-real";

/** A server of the libraries' own, on a socket that only this machine reaches. */
export interface Backend extends AsyncDisposable {
  readonly target: { readonly path: string } | { readonly port: number; readonly host: string };
}

/** The PEM files of a server that ends TLS itself. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** On its socket only, or with TLS on a port where every client has to show a certificate. */
export async function startPostgres(tls?: TlsFiles): Promise<Backend> {
  const directory = temporary();
  const data = join(directory, "data");
  // PostgreSQL does not run as root.
  const user = process.getuid?.() === 0 ? ids("postgres") : undefined;
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  // Whoever it runs as cannot follow the links in our cache; and initdb wants the server beside it.
  const programs = dirname(realpathSync(await programPath("initdb")));
  const env = { ...process.env, LC_ALL: "C" };
  const made = spawnSync(join(programs, "initdb"), ["-D", data, "-A", "trust", "-U", "postgres"], { ...user, env });
  if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`);
  const port = await freePort();
  const args = ["-D", data, "-k", directory, "-p", String(port), "-c", "fsync=off"];
  args.push("-c", `listen_addresses=${tls === undefined ? "" : "127.0.0.1"}`);
  if (tls !== undefined) {
    for (const [name, text] of Object.entries(tls)) {
      const file = join(directory, `${name}.pem`);
      writeFileSync(file, text, { mode: 0o600 });
      if (user !== undefined) chownSync(file, user.uid, user.gid);
      args.push("-c", `ssl_${name}_file=${file}`);
    }
    args.push("-c", "ssl=on");
    writeFileSync(join(data, "pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust clientcert=verify-ca\n");
  }
  const child = spawn(join(programs, "postgres"), args, { ...user, env, stdio: "ignore" });
  const target = tls === undefined ? { path: join(directory, `.s.PGSQL.${port}`) } : { port, host: "127.0.0.1" };
  return running(child, directory, target);
}

export async function startRedis(): Promise<Backend> {
  const directory = temporary();
  const path = join(directory, "redis.sock");
  const args = ["--port", "0", "--unixsocket", path, "--save", "", "--dir", directory];
  return running(spawn(await programPath("redis-server"), args, { stdio: "ignore" }), directory, { path });
}

export async function startNats(): Promise<Backend> {
  const port = await freePort();
  const child = spawn(await programPath("nats-server"), ["-a", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  return running(child, temporary(), { port, host: "127.0.0.1" });
}

async function running(child: ChildProcess, directory: string, target: Backend["target"]): Promise<Backend> {
  const dispose = async (): Promise<void> => {
    const ended = once(child, "exit");
    if (child.exitCode === null && child.kill("SIGINT")) await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) break;
    if (await answers(target)) return { target, [Symbol.asyncDispose]: dispose };
    await delay(50);
  }
  await dispose();
  throw new Error("the server does not come up");
}

function answers(target: Backend["target"]): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(target, () => resolve(true)).on("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function ids(user: string): { uid: number; gid: number } {
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, user])));
  return { uid: uid ?? 0, gid: gid ?? 0 };
}

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "spiffe-library-"));
  chmodSync(directory, 0o755);
  return directory;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
