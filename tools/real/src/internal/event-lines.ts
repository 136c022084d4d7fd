import { createInterface } from "node:readline";
import { RealError } from "../errors.ts";
import type { SupervisedProcess } from "./supervised-process.ts";

/** What a program tells as lines of JSON, kept, and waited for. */
export class EventLines<Event> {
  readonly #child: SupervisedProcess;
  readonly #events: Event[] = [];
  readonly #listeners = new Set<() => void>();

  /** The child must have been started with `stdio: "pipe"`. */
  constructor(child: SupervisedProcess) {
    if (child.stdout === null) throw new TypeError("EventLines needs a child with pipes");
    this.#child = child;
    const lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on("line", (line) => {
      this.#events.push(JSON.parse(line) as Event);
      this.#notify();
    });
    void child.ended.then(() => this.#notify());
  }

  /** Everything told so far. */
  get all(): readonly Event[] {
    return this.#events;
  }

  /**
   * The first event that fits, told already or within so many milliseconds.
   *
   * @throws {RealError} `not-ready` with what was told instead; `stopped` when the program ends first.
   */
  async find<Found extends Event>(fits: (event: Event) => event is Found, within?: number): Promise<Found>;
  async find(fits: (event: Event) => boolean, within?: number): Promise<Event>;
  async find(fits: (event: Event) => boolean, within = 30_000): Promise<Event> {
    const giveUp = Date.now() + within;
    for (;;) {
      const found = this.#events.find(fits);
      if (found !== undefined) return found;
      const told = `it told ${JSON.stringify(this.#events.slice(-10))}\n${this.#child.log.excerpt()}`;
      const { name, end } = this.#child;
      if (end !== undefined) throw new RealError("stopped", `${name} ended (${end}); ${told}`);
      const left = giveUp - Date.now();
      if (left <= 0) throw new RealError("not-ready", `${name} did not tell what was waited for; ${told}`);
      await this.#change(left);
    }
  }

  #change(within: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, within);
      this.#listeners.add(done);
    });
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
