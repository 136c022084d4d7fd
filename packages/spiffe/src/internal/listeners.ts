/**
 * Calls foreign code from inside a loop that has to go on: what it throws becomes an uncaught exception of its own
 * instead of ending the loop.
 */
export function callSafely<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** A set of listeners that can also be followed as an async iterable. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #ends = new Set<() => void>();
  #ended = false;

  add(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) callSafely(listener, value);
  }

  /** Ends every iterable, now and in the future. */
  end(): void {
    this.#ended = true;
    for (const end of [...this.#ends]) end();
    this.#listeners.clear();
  }

  /** Values are queued for a slow reader; nothing is lost between two reads. */
  iterate(signal?: AbortSignal): AsyncIterableIterator<T> {
    const queue: T[] = [];
    let wake: (() => void) | undefined;
    let done = this.#ended || signal?.aborted === true;
    const remove = this.add((value) => {
      queue.push(value);
      wake?.();
    });
    const finish = (): void => {
      done = true;
      remove();
      this.#ends.delete(finish);
      signal?.removeEventListener("abort", finish);
      wake?.();
    };
    if (done) finish();
    else {
      this.#ends.add(finish);
      signal?.addEventListener("abort", finish);
    }
    return {
      async next(): Promise<IteratorResult<T, undefined>> {
        while (queue.length === 0 && !done) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const value = queue.shift();
        return value === undefined ? { done: true, value: undefined } : { done: false, value };
      },
      async return(): Promise<IteratorResult<T, undefined>> {
        queue.length = 0;
        finish();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
