/** Wire types of protobuf that are read; groups are long gone. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

/** Deeper than anything the messages of this package nest; a hostile one must not exhaust the stack. */
const MAX_DEPTH = 64;
/** More than any agent has use for; two bytes of a hostile message could stand for an object each. */
const MAX_FIELDS = 10_000;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Walks over one protobuf message. Every method throws a `RangeError` or `TypeError` for bytes that are none. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #depth: number;
  /** Shared with the messages inside. */
  readonly #fields: { left: number };
  #at = 0;

  constructor(bytes: Uint8Array, depth = 0, fields = { left: MAX_FIELDS }) {
    if (depth > MAX_DEPTH) throw new RangeError("the message nests too deeply");
    this.#bytes = bytes;
    this.#depth = depth;
    this.#fields = fields;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** What a field begins with: eight times its number, and its wire type. */
  tag(): number {
    if (this.#fields.left === 0) throw new RangeError(`the message holds more than ${MAX_FIELDS} fields`);
    this.#fields.left -= 1;
    return this.varint();
  }

  /** Exact up to 2^53, which is more than any number that these messages hold. */
  varint(): number {
    let value = 0;
    for (let index = 0; index < 10; index += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new RangeError("the message ends inside a number");
      this.#at += 1;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw new RangeError("the message holds a number that is too long");
  }

  /** int32 and int64: a negative number is ten bytes long. */
  integer(): number {
    const value = this.varint();
    return value >= 2 ** 63 ? value - 2 ** 64 : value;
  }

  bytes(): Uint8Array {
    return this.take(this.varint());
  }

  string(): string {
    return utf8.decode(this.bytes());
  }

  /** A message inside this one. */
  message(): Reader {
    return new Reader(this.bytes(), this.#depth + 1, this.#fields);
  }

  skip(wire: number): void {
    if (wire === VARINT) this.varint();
    else if (wire === FIXED64) this.take(8);
    else if (wire === BYTES) this.bytes();
    else if (wire === FIXED32) this.take(4);
    else throw new RangeError(`the message holds a field of wire type ${wire}`);
  }

  /** The next bytes, without a length before them. */
  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new RangeError("the message ends inside a field");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
