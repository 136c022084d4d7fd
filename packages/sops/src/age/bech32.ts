const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/**
 * The human-readable part of a Bech32 string without age's limit of length, or undefined when its checksum is wrong.
 * Native keys are checked by age-encryption; this is for plugin keys, whose content only the plugin understands.
 */
export function bech32Prefix(text: string): string | undefined {
  if (text !== text.toLowerCase() && text !== text.toUpperCase()) return undefined;
  const lower = text.toLowerCase();
  const at = lower.lastIndexOf("1");
  if (at < 1 || lower.length - at < 7) return undefined;
  const prefix = lower.slice(0, at);
  const values = [...lower.slice(at + 1)].map((char) => CHARSET.indexOf(char));
  if (values.includes(-1)) return undefined;
  const codes = [...prefix].map((char) => char.charCodeAt(0));
  const all = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...values];
  return polymod(all) === 1 ? prefix : undefined;
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
