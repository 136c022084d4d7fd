import { type Message, map, message, nested, repeated } from "./message.ts";
import { BYTES, type Reader, VARINT } from "./reader.ts";

/** What `google.protobuf.Struct` stands for. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonRecord;
export interface JsonRecord {
  readonly [name: string]: JsonValue;
}

export interface StructFields {
  readonly fields: Readonly<Record<string, JsonValue>>;
}
interface ListFields {
  readonly values: readonly JsonValue[];
}

/** `google.protobuf.Value` is a oneof: the last member that occurs counts. */
const value: Message<JsonValue> = {
  decode: () => null,
  read(reader: Reader): JsonValue {
    let read: JsonValue = null;
    while (!reader.done) {
      const tag = reader.varint();
      if (tag === 8 * 1 + VARINT) {
        reader.varint();
        read = null;
      } else if (tag === 8 * 2 + 1) read = reader.double();
      else if (tag === 8 * 3 + BYTES) read = reader.string();
      else if (tag === 8 * 4 + VARINT) read = reader.varint() !== 0;
      else if (tag === 8 * 5 + BYTES) read = struct.read(reader.message()).fields;
      else if (tag === 8 * 6 + BYTES) read = list.read(reader.message()).values;
      else reader.skip(tag % 8);
    }
    return read;
  },
  encode(given): Uint8Array {
    throw new TypeError(`a ${typeof given} is not written: no request of this package holds a Struct`);
  },
};

const list = message<ListFields>({ values: repeated(nested(1, () => value)) });

/** `google.protobuf.Struct`, read only. */
export const struct = message<StructFields>({
  fields: map(
    1,
    nested(2, () => value),
  ),
});
