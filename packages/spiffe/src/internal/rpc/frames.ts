import { RpcStatus } from "./status.ts";

const PREFIX_BYTES = 5;

/** One length-prefixed message, not compressed. */
export function frame(message: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/**
 * Takes the messages out of a body, however it is cut up.
 *
 * @throws RpcStatus for a message that is compressed, larger than `maxBytes` or not complete when the body ends.
 */
export async function* unframe(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let chunks: Uint8Array[] = [];
  let have = 0;
  let wanted = PREFIX_BYTES;
  let inMessage = false;
  for await (const chunk of body) {
    chunks.push(chunk);
    have += chunk.length;
    while (have >= wanted) {
      // Joined once per message, so that many small chunks do not cost the square of their number.
      const whole = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      const part = whole.subarray(0, wanted);
      chunks = whole.length === wanted ? [] : [whole.subarray(wanted)];
      have -= wanted;
      wanted = inMessage ? PREFIX_BYTES : lengthOf(part, maxBytes);
      if (inMessage) yield part;
      inMessage = !inMessage;
    }
  }
  if (inMessage || have > 0) throw new RpcStatus("Internal", "the stream ended inside a message");
}

function lengthOf(prefix: Uint8Array, maxBytes: number): number {
  if (prefix[0] !== 0) throw new RpcStatus("Internal", "a message is compressed, although none may be");
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES).getUint32(1);
  if (length <= maxBytes) return length;
  throw new RpcStatus("ResourceExhausted", `a message of ${length} bytes, at most ${maxBytes} are read`);
}
