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

/** Every value is a whole state: a reader that does not come back must not collect them for ever. */
const MAX_QUEUE = 64;

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

  /** Values are queued for a slow reader; one that falls far behind loses the oldest. */
  iterate(signal?: AbortSignal): AsyncIterableIterator<T> {
    const queue: T[] = [];
    const waiting: (() => void)[] = [];
    let done = this.#ended || signal?.aborted === true;
    const remove = this.add((value) => {
      queue.push(value);
      if (queue.length > MAX_QUEUE) queue.shift();
      waiting.shift()?.();
    });
    const finish = (): void => {
      done = true;
      remove();
      this.#ends.delete(finish);
      signal?.removeEventListener("abort", finish);
      for (const wake of waiting.splice(0)) wake();
    };
    if (done) finish();
    else {
      this.#ends.add(finish);
      signal?.addEventListener("abort", finish);
    }
    return {
      async next(): Promise<IteratorResult<T, undefined>> {
        while (queue.length === 0 && !done) {
          await new Promise<void>((resolve) => waiting.push(resolve));
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
