const REDACTED = "[redacted]";

/**
 * A value that is not shown by accident: wherever it is printed, joined to text, logged, inspected or serialized, it reads
 * `[redacted]`. Copies (spread, structured clone) are empty objects. Only {@link Secret.reveal | reveal()} gives it.
 *
 * It protects from accidents, not from code that wants the value; a debugger shows it, too. As nothing can be seen of
 * them, any two secrets are equal to deep comparisons: in tests, compare what `reveal()` gives.
 *
 * @example
 * import { Secret } from "@idstack/sops";
 * const token = new Secret("hunter2");
 * console.log(`token: ${token}`, JSON.stringify({ token }), token.reveal().length); // token: [redacted] {"token":"[redacted]"} 7
 */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
    Object.freeze(this);
  }

  /** The value itself. Call it where it is used, and keep the result nowhere. */
  reveal(): T {
    return this.#value;
  }

  /** `[redacted]` */
  toString(): string {
    return REDACTED;
  }

  /** `[redacted]` */
  toJSON(): string {
    return REDACTED;
  }

  /** `[redacted]`, for numbers, too: they become NaN. */
  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  /** What `console.log` and `util.inspect` of Node show. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return REDACTED;
  }
}
