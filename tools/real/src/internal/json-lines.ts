import { createInterface } from "node:readline";
import { RealError } from "../errors.ts";
import type { SupervisedProcess } from "./supervised-process.ts";

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Requests and answers as lines of JSON with an `id`, as many under way as one likes, in any order. */
export class JsonLines {
  readonly #child: SupervisedProcess;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  /** The child must have been started with `stdio: "pipe"`. */
  constructor(child: SupervisedProcess) {
    if (child.stdout === null) throw new TypeError("JsonLines needs a child with pipes");
    this.#child = child;
    const lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on("line", (line) => this.#receive(line));
    void child.ended.then((end) => this.#fail(end));
  }

  /** @throws {RealError} `stopped` when the program has ended or ends before it answers. */
  request(body: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { stdin, end } = this.#child;
    return new Promise((resolve, reject) => {
      if (end !== undefined || stdin === null) return reject(this.#ended(end ?? "no pipe"));
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      stdin.write(`${JSON.stringify({ ...body, id })}\n`);
    });
  }

  #receive(line: string): void {
    let answer: { readonly id?: unknown };
    try {
      answer = JSON.parse(line) as { readonly id?: unknown };
    } catch (cause) {
      this.#rejectAll(new RealError("request-failed", `${this.#child.name} wrote "${line}"`, { cause }));
      return;
    }
    const waiting = typeof answer.id === "number" ? this.#waiting.get(answer.id) : undefined;
    if (waiting === undefined) {
      this.#rejectAll(new RealError("request-failed", `${this.#child.name} answers nobody: ${line}`));
      return;
    }
    this.#waiting.delete(answer.id as number);
    waiting.resolve(answer);
  }

  #fail(end: string): void {
    this.#rejectAll(this.#ended(end));
  }

  #ended(end: string): RealError {
    return new RealError("stopped", `${this.#child.name} ended (${end})\n${this.#child.log.excerpt()}`);
  }

  #rejectAll(error: RealError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
