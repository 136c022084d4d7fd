import { delimited, type Field, type Message, map, message, nested, repeated, varint } from "./message.ts";
import { BYTES, FIXED64, VARINT } from "./reader.ts";

/** JSON, as `google.protobuf.Struct` carries it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonRecord;
export interface JsonRecord {
  readonly [name: string]: JsonValue;
}

/** Tags of the members of `google.protobuf.Value`, a oneof: the last one that occurs counts. */
const NULL = 8 * 1 + VARINT;
const NUMBER = 8 * 2 + FIXED64;
const STRING = 8 * 3 + BYTES;
const BOOLEAN = 8 * 4 + VARINT;
const STRUCT = 8 * 5 + BYTES;
const LIST = 8 * 6 + BYTES;

const value: Message<JsonValue> = {
  read(reader) {
    let read: JsonValue = null;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === NUMBER) read = numberIn(reader.take(8));
      else if (tag === STRING) read = reader.string();
      else if (tag === BOOLEAN) read = reader.varint() !== 0;
      else if (tag === STRUCT) read = fields.read(reader.message()).fields;
      else if (tag === LIST) read = list.read(reader.message()).values;
      else reader.skip(tag % 8);
      if (tag === NULL) read = null;
    }
    return read;
  },
  encode(partial) {
    const given = partial as JsonValue;
    if (given === null) return Buffer.of(NULL, 0);
    if (typeof given === "boolean") return Buffer.of(BOOLEAN, given ? 1 : 0);
    if (typeof given === "number") {
      const bytes = Buffer.alloc(9, NUMBER);
      bytes.writeDoubleLE(given, 1);
      return bytes;
    }
    if (typeof given === "string") return tagged(STRING, Buffer.from(given));
    if (Array.isArray(given)) return tagged(LIST, list.encode({ values: given }));
    return tagged(STRUCT, fields.encode({ fields: given as JsonRecord }));
  },
};

const list = message<{ readonly values: readonly JsonValue[] }>({ values: repeated(nested(1, () => value)) });
const pair = nested(2, () => value);
const fields = message<{ readonly fields: JsonRecord }>({ fields: map(1, pair) });

/** A field of type `google.protobuf.Struct`. */
export function struct(number: number): Field<JsonRecord | undefined> {
  const { tag, write } = nested(number, () => fields);
  return {
    tag,
    zero: () => undefined,
    read: (reader) => fields.read(reader.message()).fields,
    write: (given) => write(given && { fields: given }),
  };
}

function tagged(tag: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varint(tag), delimited(bytes)]);
}

function numberIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
}
