import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { connect } from "node:net";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { startDevWorkloadApi } from "@idstack/spiffe/dev";
import { CliError } from "../errors.ts";

/** `sun_path` of the BSDs and macOS holds 104 bytes with the final zero, Linux 108. */
const LONGEST_SOCKET_PATH = 103;

/** Programs started in several terminals share one CA, so that they trust each other; it is never in a repository. */
export function stateFolder(env: NodeJS.ProcessEnv, trustDomain: string): string {
  // "." and ".." are trust domains by the letter of the specification.
  if (/^\.+$/.test(trustDomain)) {
    throw new CliError("invalid-identity", `the trust domain "${trustDomain}" is no folder name: give a --directory`);
  }
  const { XDG_STATE_HOME: state = "", HOME: home = "" } = env;
  // Relative paths are to be ignored (XDG Base Directory Specification).
  const base = isAbsolute(state) ? state : join(isAbsolute(home) ? home : homedir(), ".local/state");
  return join(base, "idstack/dev", trustDomain);
}

/**
 * Makes sure that a folder holds a development CA, and removes sockets of processes that died. Processes that start at
 * the same time end up with the same CA: each makes one aside and the first to move it into place wins.
 *
 * @throws CliError `dev-folder`; SpiffeError
 */
export async function prepareDevFolder(directory: string, trustDomain: string): Promise<void> {
  const entries: string[] = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    if (error.code !== "ENOTDIR") throw error;
    throw new CliError("dev-folder", `${directory} is a file: --directory takes a folder`);
  });
  if (entries.includes("ca.crt.pem")) {
    await Promise.all(
      entries.filter((name) => name.endsWith(".sock")).map((name) => removeDead(join(directory, name))),
    );
    return;
  }
  if (entries.length > 0) {
    const why = "the development CA closes its folder to others (0700): give it one of its own";
    throw new CliError("dev-folder", `${directory} holds other files; ${why}`);
  }
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  const draft = await mkdtemp(join(dirname(directory), ".new-"));
  try {
    await (await startDevWorkloadApi({ trustDomain, identities: {}, directory: draft })).close();
    await rename(draft, directory);
  } catch (error) {
    // Another process was first, or the folder is a mount point: then the CA is made in place.
    if (!["ENOTEMPTY", "EEXIST", "EBUSY", "EXDEV"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * The name of a socket: the last part of the ID's path, with the process for one that others may serve too, with a hash
 * of the ID otherwise, so that it is the same after a restart.
 *
 * @throws CliError `dev-folder` if sockets cannot have so long a path.
 */
export function socketName(directory: string, id: string, { shared }: { readonly shared: boolean }): string {
  const last = (id.split("/").at(-1) ?? "").replace(/^[^a-zA-Z0-9]+/, "").slice(0, 24) || "id";
  const own = shared ? process.pid : createHash("sha256").update(id).digest("hex").slice(0, 8);
  const name = `${last}-${own}`;
  const path = join(directory, `${name}.sock`);
  const length = Buffer.byteLength(path);
  if (length > LONGEST_SOCKET_PATH) {
    const problem = `a socket ${path} would have ${length} bytes, ${LONGEST_SOCKET_PATH} are possible`;
    throw new CliError("dev-folder", `${problem}: give a shorter --directory`);
  }
  return name;
}

/** A socket that refuses connections was left behind by a process that was killed. */
async function removeDead(path: string): Promise<void> {
  const dead = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
  if (dead) await rm(path, { force: true });
}
