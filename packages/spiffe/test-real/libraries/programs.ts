import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { connect as connectTcp, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { programPath } from "@idstack/tool-real";

/** A server of the libraries' own, on a socket that only this machine reaches. */
export interface Backend extends AsyncDisposable {
  readonly target: { readonly path: string } | { readonly port: number; readonly host: string };
}

export async function startPostgres(): Promise<Backend> {
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
  const args = ["-D", data, "-k", directory, "-c", "listen_addresses=", "-c", "fsync=off"];
  const child = spawn(join(programs, "postgres"), args, { ...user, env, stdio: "ignore" });
  return running(child, directory, { path: join(directory, ".s.PGSQL.5432") });
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
