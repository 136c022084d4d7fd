const OPENING = /^[ \t]*(?:[#;][ \t]*)?<{7}(?:[ \t].*)?\r?$/m;
const REST = /^[ \t]*(?:[#;][ \t]*)?={7}\r?$[\s\S]*?^[ \t]*(?:[#;][ \t]*)?>{7}(?:[ \t].*)?\r?$/m;

/** Where the first conflict that a merge left behind begins: all three markers, one after the other. */
export function mergeMarker(text: string): number | undefined {
  if (!text.includes("<<<<<<<")) return undefined;
  const opening = OPENING.exec(text);
  return opening !== null && REST.test(text.slice(opening.index)) ? opening.index : undefined;
}
