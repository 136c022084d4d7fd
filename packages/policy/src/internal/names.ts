import { createHash } from "node:crypto";

/** Six characters that tell two long or colliding names apart; the same for the same text everywhere. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 6);
}

/** Any text as part of an object name. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll("*", "any")
    .replaceAll(/[^a-z0-9.]+/g, "-")
    .replaceAll(/-*\.[-.]*/g, ".")
    .replaceAll(/^[-.]+|[-.]+$/g, "");
}

/** Keeps a name within 63 characters without making two names equal. */
export function bounded(name: string): string {
  return name.length <= 63 ? name : `${name.slice(0, 56).replace(/[-.]+$/, "")}-${shortHash(name)}`;
}
