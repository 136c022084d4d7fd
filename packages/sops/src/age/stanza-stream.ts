import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Stanza } from "age-encryption";

const COLUMNS = 64;

/** Stanzas over the pipes of a plugin: `-> args` and a base64 body that ends with a line shorter than 64 columns. */
export class StanzaStream {
  readonly #input: Writable;
  readonly #lines: AsyncIterator<string>;

  constructor(input: Writable, output: Readable) {
    this.#input = input;
    this.#lines = createInterface({ input: output })[Symbol.asyncIterator]();
  }

  write({ args, body }: Stanza): void {
    const text = Buffer.from(body).toString("base64").replace(/=+$/, "");
    const lines: string[] = text.match(new RegExp(`.{1,${COLUMNS}}`, "g")) ?? [];
    // A full last line would go on: an empty one ends it.
    if ((lines.at(-1)?.length ?? COLUMNS) === COLUMNS) lines.push("");
    this.#input.write(`-> ${args.join(" ")}\n${lines.join("\n")}\n`);
  }

  /** The next stanza; undefined at the end. */
  async read(): Promise<Stanza | undefined> {
    const head = await this.#line();
    if (head === undefined) return undefined;
    if (!head.startsWith("-> ")) throw new Error("the plugin does not speak age's plugin protocol");
    let body = "";
    for (;;) {
      const line = await this.#line();
      if (line === undefined) return undefined;
      body += line;
      if (line.length < COLUMNS) return { args: head.slice(3).split(" "), body: Buffer.from(body, "base64") };
    }
  }

  async #line(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    return done === true ? undefined : value;
  }
}
