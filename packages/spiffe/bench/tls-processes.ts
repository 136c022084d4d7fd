import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { TestCa, type TestSvid } from "@idstack/spiffe/testing";
import type { Command, Identity, Setup } from "./tls-peer.ts";

export type Library = Setup["library"];
export const LIBRARIES: readonly Library[] = ["node", "idstack"];

const ca = new TestCa("bench.internal");

/** Sound SVIDs as PEM, minted here so that no side spends time on it. */
export function identities(path: string, count: number): Identity[] {
  return Array.from({ length: count }, () => pem(ca.svid(path)));
}

function pem({ id, certificates, privateKey }: TestSvid): Identity {
  return { id: `${id}`, cert: certificates.join(""), key: String(privateKey.export({ type: "pkcs8", format: "pem" })) };
}

/** A process that is one side. */
export class Peer implements Disposable {
  readonly #child: ChildProcess;

  constructor(library: Library, identities: readonly Identity[], ...flags: string[]) {
    this.#child = fork(new URL("./tls-peer.ts", import.meta.url), {
      execArgv: ["--conditions=@idstack/source", "--no-warnings", ...flags],
    });
    this.#child.send({ library, identities, ca: ca.bundle.authorities.join("") } satisfies Setup);
  }

  async ask(command: Command): Promise<number> {
    this.#child.send(command);
    const [answer] = (await once(this.#child, "message")) as [number];
    return answer;
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** `work  node:tls 123/s  idstack 120/s  ratio 0.97 (goal ≥ 0.95)` */
export function row(work: string, results: Record<Library, readonly number[]>, goal: string, unit = "/s"): void {
  const [node, own] = [median(results.node), median(results.idstack)];
  // The ratio of neighbours in time: what else the machine does meets both.
  const ratio = median(results.idstack.map((value, at) => value / (results.node[at] ?? Number.NaN)));
  const shown = [node, own].map((value) => `${value.toFixed(value < 100 ? 1 : 0)}${unit}`);
  console.log(
    `${work.padEnd(52)} node ${shown[0]?.padStart(9)}  idstack ${shown[1]?.padStart(9)}  ratio ${ratio.toFixed(2)} (goal ${goal})`,
  );
}
