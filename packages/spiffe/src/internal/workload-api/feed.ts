/**
 * The state that a server stream sends: every subscriber gets the present state first and every change after it.
 * A state may be an error, which ends the stream with that status.
 */
export class Feed<T> {
  readonly #subscribers = new Set<Subscriber<T>>();
  #state: { readonly value: T } | { readonly error: Error } | undefined;

  set(value: T): void {
    this.#state = { value };
    this.push(value);
  }

  /** Sends to the open streams only; a stream opened later gets the state. */
  push(value: T): void {
    for (const subscriber of this.#subscribers) subscriber.put({ value });
  }

  /** Ends open streams with an error and answers new ones with it. */
  fail(error: Error): void {
    this.#state = { error };
    for (const subscriber of this.#subscribers) subscriber.put({ error });
  }

  /** Ends the open streams cleanly; the state stays. */
  end(): void {
    for (const subscriber of this.#subscribers) subscriber.put({ end: true });
  }

  get openStreams(): number {
    return this.#subscribers.size;
  }

  async *subscribe(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    const subscriber = new Subscriber<T>(signal);
    if (this.#state !== undefined) subscriber.put(this.#state);
    this.#subscribers.add(subscriber);
    try {
      for (;;) {
        const item = await subscriber.take();
        if ("end" in item) return;
        if ("error" in item) throw item.error;
        yield item.value;
      }
    } finally {
      this.#subscribers.delete(subscriber);
    }
  }
}

type Item<T> = { readonly value: T } | { readonly error: Error } | { readonly end: true };

class Subscriber<T> {
  readonly #queue: Item<T>[] = [];
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    signal.addEventListener("abort", () => this.put({ end: true }), { once: true });
  }

  put(item: Item<T>): void {
    this.#queue.push(item);
    this.#wake?.();
  }

  async take(): Promise<Item<T>> {
    for (;;) {
      const item = this.#queue.shift();
      if (item !== undefined) return item;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
