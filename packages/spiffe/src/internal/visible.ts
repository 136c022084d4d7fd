/** Characters that move the cursor, start a line or turn the direction of a text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text from outside for a message: on one line, with U+FFFD in place of what cannot be seen. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, "\u{fffd}");
}
