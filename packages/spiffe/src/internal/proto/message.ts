import { BYTES, Reader, VARINT } from "./reader.ts";

/** How one field of a message is read and written; proto3: what is absent has its zero value. */
export interface Field<T> {
  /** Number and wire type, as they stand before every occurrence. */
  readonly tag: number;
  zero(): T;
  /** `before` is what earlier occurrences of the field left. */
  read(reader: Reader, before: T): T;
  /** What follows the tag, once per occurrence; nothing for the zero value. */
  write(value: T): readonly Uint8Array[];
}

/** Reads and writes one message. */
export interface Message<T> {
  read(reader: Reader): T;
  /** Fields that are left out are zero. */
  encode(value: Partial<T>): Uint8Array;
}

/** A message by its fields. Fields that are not named here, or come with another wire type, are skipped. */
export function message<T extends object>(fields: { readonly [K in keyof T]: Field<T[K]> }): Message<T> {
  const entries = Object.entries(fields) as [keyof T & string, Field<unknown>][];
  const byTag = new Map(entries.map((entry) => [entry[1].tag, entry]));
  return {
    read(reader) {
      const value: Record<string, unknown> = Object.fromEntries(entries.map(([name, { zero }]) => [name, zero()]));
      while (!reader.done) {
        const tag = reader.tag();
        const [name, field] = byTag.get(tag) ?? [];
        if (name === undefined || field === undefined) reader.skip(tag % 8);
        else value[name] = field.read(reader, value[name]);
      }
      return value as T;
    },
    encode: (value) =>
      Buffer.concat(
        entries.flatMap(([name, { tag, zero, write }]) =>
          write(value[name] ?? zero()).flatMap((bytes) => [varint(tag), bytes]),
        ),
      ),
  };
}

export function decode<T>({ read }: Message<T>, bytes: Uint8Array): T {
  return read(new Reader(bytes));
}

export function string(number: number): Field<string> {
  return scalar(number * 8 + BYTES, "string", (text) => delimited(Buffer.from(text)));
}

export function bytes(number: number): Field<Uint8Array> {
  return scalar(number * 8 + BYTES, "bytes", delimited);
}

/** int32, int64 and enums; negative numbers are read, not written. */
export function integer(number: number): Field<number> {
  return scalar(number * 8 + VARINT, "integer", varint);
}

type Scalars = { readonly string: string; readonly bytes: Uint8Array; readonly integer: number };

/** How the zero value of each of these kinds would be written. */
const ZERO = Buffer.of(0);

function scalar<K extends keyof Scalars>(tag: number, kind: K, encode: (value: Scalars[K]) => Uint8Array) {
  const read = (reader: Reader): Scalars[K] => reader[kind]() as Scalars[K];
  const write = (value: Scalars[K]): Uint8Array[] => [encode(value)].filter((bytes) => !ZERO.equals(bytes));
  return { tag, zero: () => read(new Reader(ZERO)), read, write };
}

/** A message inside a message. */
export function nested<T>(number: number, of: () => Message<T>): Field<T | undefined> {
  return {
    tag: number * 8 + BYTES,
    zero: () => undefined,
    read: (reader) => of().read(reader.message()),
    write: (value) => (value === undefined ? [] : [delimited(of().encode(value))]),
  };
}

/** Strings, bytes or messages that may occur many times. */
export function repeated<T>({ tag, zero, read, write }: Field<T>): Field<readonly Exclude<T, undefined>[]> {
  type Item = Exclude<T, undefined>;
  return {
    tag,
    zero: () => [],
    read(reader, before) {
      (before as Item[]).push(read(reader, zero()) as Item);
      return before;
    },
    // An empty element counts too: it must not be left out as a zero value is.
    write: (values) => values.map((value) => write(value)[0] ?? ZERO),
  };
}

/** A map with texts as keys. The object has no prototype: a key named `__proto__` is a key. */
export function map<T>(number: number, value: Field<T>): Field<Readonly<Record<string, Exclude<T, undefined>>>> {
  type Values = Record<string, Exclude<T, undefined>>;
  const entry = message<{ key: string; value: T }>({ key: string(1), value });
  return {
    tag: number * 8 + BYTES,
    zero: () => Object.create(null) as Values,
    read(reader, before) {
      const { key, value } = entry.read(reader.message());
      (before as Values)[key] = value as Exclude<T, undefined>;
      return before;
    },
    write: (record) => Object.entries(record).map(([key, value]) => delimited(entry.encode({ key, value }))),
  };
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

export function delimited(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varint(bytes.length), bytes]);
}
