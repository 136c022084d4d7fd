/** One block of a PEM text (RFC 7468). */
export interface PemBlock {
  readonly label: string;
  readonly bytes: Buffer;
}

/**
 * The blocks of a PEM text in their order; what stands between them is commentary.
 *
 * @throws Error for a block that is not closed or not base64. The message quotes nothing: it may be a key.
 */
export function readPemBlocks(text: string): PemBlock[] {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END ([A-Z0-9 ]+)-----/g)];
  if (blocks.length !== text.split("-----BEGIN ").length - 1) throw new Error("a PEM block is not complete");
  return blocks.map(([, label = "", body = "", end]) => {
    const base64 = body.replace(/\s+/g, "");
    if (label !== end || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new Error("a PEM block is damaged");
    return { label, bytes: Buffer.from(base64, "base64") };
  });
}
