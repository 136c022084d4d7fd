import type { Random } from "@idstack/tool-real";

/** A name as people mistype it: a slip of the finger, or the other case or number; long names with two of them. */
export function misspell(name: string, random: Random): string {
  const once = slip(name, random);
  const twice = name.length > 8 && random.chance(0.2) ? slip(once, random) : once;
  return twice === name ? once : twice;
}

function slip(name: string, random: Random): string {
  const at = random.int(0, name.length - 1);
  const slips: readonly (() => string)[] = [
    () => name.slice(0, at) + name.slice(at + 1),
    () => name.slice(0, at) + name[at] + name.slice(at),
    () => name.slice(0, at) + (name[at + 1] ?? "") + name[at] + name.slice(at + 2),
    () => `${name.slice(0, at)}${random.pick([..."abcdeinorst"])}${name.slice(at + 1)}`,
    () => (name.endsWith("s") ? name.slice(0, -1) : `${name}s`),
    () => name.toLowerCase(),
    () => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    () => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    () => name.charAt(0).toUpperCase() + name.slice(1),
  ];
  for (let attempt = 0; attempt < 20; attempt++) {
    const slipped = random.pick(slips)();
    if (slipped !== name && slipped !== "") return slipped;
  }
  return `${name}x`;
}
