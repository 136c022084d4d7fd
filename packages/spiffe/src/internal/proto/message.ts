import { BYTES, Reader, VARINT } from "./reader.ts";

/** How one field of a message is read and written; proto3: what is absent has its zero value. */
export interface Field<T> {
  readonly number: number;
  readonly wire: number;
  readonly zero: T;
  /** `before` is what earlier occurrences of the field left. */
  read(reader: Reader, before: T): T;
  /** What follows the tag, once per occurrence; nothing for the zero value. */
  write(value: T): readonly Uint8Array[];
}

/** Reads and writes one message. */
export interface Message<T> {
  decode(bytes: Uint8Array): T;
  read(reader: Reader): T;
  /** Fields that are left out are zero. */
  encode(value: Partial<T>): Uint8Array;
}

/** A message to write: fields that are left out, also of messages inside it, are zero. */
export type Init<T> = T extends Uint8Array | string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Init<Item>[]
    : string extends keyof T
      ? Readonly<Record<string, Init<T[keyof T]>>>
      : { readonly [K in keyof T]?: Init<T[K]> | undefined };

/** An agent has no use for more of anything; two bytes of a hostile message could stand for an object each. */
const MAX_ELEMENTS = 10_000;

/** A message by its fields. Fields that are not named here, or come with another wire type, are skipped. */
export function message<T extends object>(fields: { readonly [K in keyof T]: Field<T[K]> }): Message<T> {
  const entries = Object.entries(fields) as [keyof T & string, Field<unknown>][];
  const byNumber = new Map(entries.map(([name, field]) => [field.number, { name, field }]));
  const zero = Object.fromEntries(entries.map(([name, field]) => [name, field.zero])) as T;
  const read = (reader: Reader): T => {
    const value = { ...zero };
    while (!reader.done) {
      const tag = reader.varint();
      const known = byNumber.get(Math.floor(tag / 8));
      if (known === undefined || known.field.wire !== tag % 8) reader.skip(tag % 8);
      else value[known.name] = known.field.read(reader, value[known.name]) as T[keyof T & string];
    }
    return value;
  };
  return {
    read,
    decode: (bytes) => read(new Reader(bytes)),
    encode: (value) =>
      Buffer.concat(
        entries.flatMap(([name, field]) => {
          const given = value[name];
          if (given === undefined) return [];
          return field.write(given).flatMap((bytes) => [varintBytes(field.number * 8 + field.wire), bytes]);
        }),
      ),
  };
}

export function string(number: number): Field<string> {
  return {
    number,
    wire: BYTES,
    zero: "",
    read: (reader) => reader.string(),
    write: (value) => (value === "" ? [] : [delimited(Buffer.from(value))]),
  };
}

export function bytes(number: number): Field<Uint8Array> {
  return {
    number,
    wire: BYTES,
    zero: new Uint8Array(),
    read: (reader) => reader.bytes(),
    write: (value) => (value.length === 0 ? [] : [delimited(value)]),
  };
}

/** int32, int64 and enums; negative numbers are read, not written. */
export function integer(number: number): Field<number> {
  return {
    number,
    wire: VARINT,
    zero: 0,
    read: (reader) => {
      const value = reader.varint();
      return value >= 2 ** 63 ? value - 2 ** 64 : value;
    },
    write: (value) => (value === 0 ? [] : [varintBytes(value)]),
  };
}

/** A message inside a message. */
export function nested<T>(number: number, of: () => Message<T>): Field<T | undefined> {
  return {
    number,
    wire: BYTES,
    zero: undefined,
    read: (reader) => of().read(reader.message()),
    write: (value) => (value === undefined ? [] : [delimited(of().encode(value))]),
  };
}

/** Strings, bytes or messages that may occur many times. */
export function repeated<T>(item: Field<T>): Field<readonly Exclude<T, undefined>[]> {
  return {
    number: item.number,
    wire: item.wire,
    zero: [],
    read: (reader, before) => {
      const list = (before.length === 0 ? [] : before) as Exclude<T, undefined>[];
      if (list.length >= MAX_ELEMENTS) throw new RangeError(`the message holds more than ${MAX_ELEMENTS} of a field`);
      list.push(item.read(reader, item.zero) as Exclude<T, undefined>);
      return list;
    },
    // An empty element counts too: it must not be left out as a zero value is.
    write: (values) => values.map((value) => item.write(value)[0] ?? delimited(new Uint8Array())),
  };
}

/** A map with texts as keys. The object has no prototype: a key named `__proto__` is a key. */
export function map<T>(number: number, value: Field<T>): Field<Readonly<Record<string, Exclude<T, undefined>>>> {
  type Value = Exclude<T, undefined>;
  const entry = message<{ key: string; value: T }>({ key: string(1), value });
  return {
    number,
    wire: BYTES,
    zero: Object.freeze(Object.create(null)) as Record<string, Value>,
    read: (reader, before) => {
      const fresh = Object.isFrozen(before);
      const record = (fresh ? Object.create(null) : before) as Record<string, Value>;
      const size = sizes.get(record) ?? 0;
      if (size >= MAX_ELEMENTS) throw new RangeError(`the message holds more than ${MAX_ELEMENTS} of a field`);
      sizes.set(record, size + 1);
      const read = entry.read(reader.message());
      record[read.key] = read.value as Value;
      return record;
    },
    write: (record) => Object.entries(record).map(([key, each]) => delimited(entry.encode({ key, value: each as T }))),
  };
}

/** Occurrences of each map that is being read: counting the keys each time would take the square of their number. */
const sizes = new WeakMap<object, number>();

export function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

function delimited(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varintBytes(bytes.length), bytes]);
}
