const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/**
 * Whether a text is an age recipient: a native or plug-in key (`age1…`, Bech32 with a correct checksum) or an SSH
 * public key, which age takes as well.
 */
export function isAgeRecipient(text: string): boolean {
  if (/^ssh-(ed25519|rsa) [A-Za-z0-9+/]+=*/.test(text)) return true;
  if (text !== text.toLowerCase()) return false;
  const separator = text.lastIndexOf("1");
  const prefix = text.slice(0, separator);
  if (prefix !== "age" && !/^age1[a-z0-9+\-._]+$/.test(prefix)) return false;
  const data = Array.from(text.slice(separator + 1), (character) => charset.indexOf(character));
  if (data.length < 6 || data.includes(-1)) return false;
  // A native X25519 key: 32 bytes in 52 characters and six of checksum.
  if (prefix === "age" && data.length !== 58) return false;
  const expanded = Array.from(prefix, (character) => character.charCodeAt(0));
  return polymod([...expanded.map((code) => code >> 5), 0, ...expanded.map((code) => code & 31), ...data]) === 1;
}

/** Bech32 checksum (BIP 173). */
function polymod(values: readonly number[]): number {
  let checksum = 1;
  for (const value of values) {
    const top = checksum >> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of generators.entries()) if ((top >> bit) & 1) checksum ^= generator;
  }
  return checksum;
}
