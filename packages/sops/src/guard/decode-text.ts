/** How far git looks for a NUL to tell binary files. */
const PROBE = 8000;

/**
 * The text of a file. PowerShell redirects into UTF-16, and a key in it is a key; of binary files the beginning is
 * enough to tell that they are.
 */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString("utf16le", 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString("utf16le");
  }
  const probe = bytes.subarray(0, PROBE);
  return probe.includes(0) ? probe.toString("latin1") : bytes.toString("utf8");
}
