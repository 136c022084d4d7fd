import type { X509Certificate } from "node:crypto";
import { BoundedMap } from "../bounded-map.ts";
import { parseCertificates } from "./der-certificates.ts";

/** Bytes. A bundle has a CA or two, hundreds of bytes each; what is kept stays below 2 MB. */
const MAX_KEPT = 32 * 1024;

const parsed = new BoundedMap<string, readonly X509Certificate[]>(32);

/**
 * {@link parseCertificates} for a bundle: it stands in every message of the agent and changes once in months, so the same bytes
 * stand for the same certificates, with all that was worked out about them.
 */
export function parseAuthorities(bytes: Uint8Array, most: number): readonly X509Certificate[] {
  if (bytes.length > MAX_KEPT) return parseCertificates(bytes, most);
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const known = parsed.get(key);
  if (known !== undefined && known.length <= most) return known;
  const authorities = Object.freeze(parseCertificates(bytes, most));
  parsed.set(key, authorities);
  return authorities;
}
