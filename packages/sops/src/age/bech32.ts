const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const VALUES = new Map([...CHARSET].map((char, value) => [char, value]));

/**
 * The human-readable part of a Bech32 string without age's limit of length, or undefined when its checksum is wrong.
 * For plugin keys, whose content only the plugin understands.
 */
export function bech32Prefix(text: string): string | undefined {
  return decode(text)?.prefix;
}

/** The bytes of a Bech32 string with a prefix; undefined when anything about it is not as it must be. */
export function bech32Bytes(text: string, prefix: string): Buffer | undefined {
  const decoded = decode(text);
  if (decoded?.prefix !== prefix) return undefined;
  const bytes: number[] = [];
  let [bits, count] = [0, 0];
  for (const value of decoded.values) {
    bits = (bits << 5) | value;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push(bits >> count);
    bits &= (1 << count) - 1;
  }
  // What fills up the last character is less than one, and zero.
  return count < 5 && bits === 0 ? Buffer.from(bytes) : undefined;
}

export function bech32Encode(prefix: string, bytes: Uint8Array): string {
  const values: number[] = [];
  let [bits, count] = [0, 0];
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    for (count += 8; count >= 5; bits &= (1 << count) - 1) {
      count -= 5;
      values.push(bits >> count);
    }
  }
  if (count > 0) values.push(bits << (5 - count));
  const sum = polymod([...expand(prefix), ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  for (let shift = 25; shift >= 0; shift -= 5) values.push((sum >>> shift) & 31);
  return `${prefix}1${values.map((value) => CHARSET[value]).join("")}`;
}

function decode(text: string): { prefix: string; values: number[] } | undefined {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return undefined;
  const at = lower.lastIndexOf("1");
  if (at < 1 || lower.length - at < 7) return undefined;
  const prefix = lower.slice(0, at);
  const values = [...lower.slice(at + 1)].map((char) => VALUES.get(char) ?? -1);
  if (values.includes(-1) || polymod([...expand(prefix), ...values]) !== 1) return undefined;
  return { prefix, values: values.slice(0, -6) };
}

function expand(prefix: string): number[] {
  const codes = [...prefix].map((char) => char.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of GENERATOR.entries()) if ((top >>> bit) & 1) sum ^= generator;
  }
  return sum >>> 0;
}
