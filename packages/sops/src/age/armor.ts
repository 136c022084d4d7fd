/** White space is taken on lines of its own, before and after; not beside the first and the last line of the armor. */
const ARMOR =
  /^(?:[^\S\ufeff]*\n)?-----BEGIN AGE ENCRYPTED FILE-----\r?\n.*\n-----END AGE ENCRYPTED FILE-----(?:\r|\r?\n[^\S\ufeff]*)?$/s;

/**
 * The bytes of an armored age file. The library trims more white space than the age that sops uses takes.
 *
 * @throws Error
 */
export async function decodeArmor(text: string): Promise<Uint8Array> {
  if (!ARMOR.test(text)) throw new Error("the first or the last line of the armor is none");
  const { armor } = await import("age-encryption");
  return armor.decode(text);
}
