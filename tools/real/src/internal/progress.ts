import { formatDuration } from "./duration.ts";

/** Where progress goes: `process.stderr`, or a collector in tests. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

const lineEveryMs = 30_000;

/** Tells what a long job does: one line that keeps changing on a terminal, a line now and then elsewhere. */
export class Progress implements Disposable {
  readonly #output: ProgressOutput;
  readonly #name: string;
  readonly #usually: string | undefined;
  readonly #began = Date.now();
  readonly #timer: NodeJS.Timeout;
  #phase = "starting";

  /** `usually` says how long it takes: `5 min 02 s last time`. */
  constructor(output: ProgressOutput, name: string, usually: string | undefined) {
    this.#output = output;
    this.#name = name;
    this.#usually = usually;
    this.#timer = setInterval(() => this.#show(), output.isTTY === true ? 1_000 : lineEveryMs);
    this.#timer.unref();
  }

  phase(what: string): void {
    this.#phase = what;
    this.#show();
  }

  done(result: string): void {
    this.#write(`${this.#name}: ${result} in ${formatDuration(Date.now() - this.#began)}\n`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#output.isTTY === true) this.#output.write("\r\x1b[K");
  }

  #show(): void {
    const soFar = formatDuration(Date.now() - this.#began);
    const usually = this.#usually === undefined ? "" : `, ${this.#usually}`;
    this.#write(`${this.#name}: ${this.#phase}, ${soFar} so far${usually}${this.#output.isTTY === true ? "" : "\n"}`);
  }

  #write(text: string): void {
    this.#output.write(this.#output.isTTY === true ? `\r\x1b[K${text}` : text);
  }
}
