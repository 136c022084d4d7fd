import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ListeningReport, RefusalReport, Report } from "./report.ts";

/** A running service. */
export interface Service {
  readonly id: string;
  readonly url: string;
  /** The next refusal that the service reports, or a rejection after twenty seconds without one. */
  nextRefusal(): Promise<RefusalReport>;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

/** What a service may know: its environment holds nothing else. */
export interface ServiceSettings {
  readonly SPIFFE_ENDPOINT_SOCKET: string;
  readonly AUTHORIZATION_FILE: string;
  readonly API_URL?: string;
}

const START_TIMEOUT_MS = 20_000;
const REFUSAL_TIMEOUT_MS = 20_000;

/** Starts one of the services as a process of its own and waits until it listens. */
export async function startService(name: "api" | "web", settings: ServiceSettings): Promise<Service> {
  const program = fileURLToPath(new URL(`../services/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@idstack/source", program], {
    env: { ...settings },
    // The channel tells the service when this process is gone, however it ended.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", kill);
  const stop = (): Promise<void> => {
    process.off("exit", kill);
    kill();
    return exited;
  };
  const refusals = new RefusalLog();
  try {
    const { id, port } = await listening(name, child, refusals);
    const url = `${name === "api" ? "https" : "http"}://127.0.0.1:${port}/`;
    return { id, url, nextRefusal: () => refusals.next(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Follows what the service writes; resolves when it says that it listens. */
function listening(name: string, child: ChildProcess, refusals: RefusalLog): Promise<ListeningReport> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("a service needs its output piped");
  let complaints = "";
  stderr.on("data", (chunk: Buffer) => {
    complaints = (complaints + chunk).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(
      () => reject(new Error(`${name} did not start in time: ${complaints}`)),
      START_TIMEOUT_MS,
    );
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timeout);
      reject(new Error(`${name} ended with code ${code}: ${complaints}`));
    });
    createInterface({ input: stdout }).on("line", (line) => {
      if (!line.startsWith("{")) return;
      const said = JSON.parse(line) as Report;
      if (said.event === "refused") return refusals.add(said);
      clearTimeout(timeout);
      resolve(said);
    });
  });
}

/** Refusals in the order of their arrival, handed out one by one. */
class RefusalLog {
  readonly #unread: RefusalReport[] = [];
  #waiting: ((refusal: RefusalReport) => void) | undefined;

  add(refusal: RefusalReport): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#unread.push(refusal);
    else waiting(refusal);
  }

  next(): Promise<RefusalReport> {
    const unread = this.#unread.shift();
    if (unread !== undefined) return Promise.resolve(unread);
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error("the service reported no refusal")), REFUSAL_TIMEOUT_MS);
      this.#waiting = (refusal) => {
        clearTimeout(timeout);
        resolve(refusal);
      };
    });
  }
}
