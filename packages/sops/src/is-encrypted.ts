/**
 * Whether a text is a SOPS file of any format: YAML, JSON, dotenv, INI or a binary envelope. Nothing is decrypted and
 * nothing is said about whether every value is encrypted: that is what {@link guardTree} checks.
 *
 * @example
 * import { isEncrypted } from "@idstack/sops";
 * console.log(isEncrypted("password: hunter2\n")); // false
 */
export function isEncrypted(text: string): boolean {
  // Cheap test first: almost all files of a tree end here.
  if (!/sops/.test(text)) return false;
  return isYaml(text) || isJson(text) || /^sops_mac=/m.test(text) || /^\[sops\]\s*$[^[]*^mac\s*=/m.test(text);
}

/** A top-level `sops` key that holds a MAC, a wrapped key or a modification time; a chart's own `sops` values do not. */
function isYaml(text: string): boolean {
  const block = /^(["']?)sops\1:[ \t]*(?:#.*)?\r?\n((?:[ \t]+.*(?:\r?\n|$)|[ \t]*\r?\n)+)/m.exec(text)?.[2];
  return block !== undefined && METADATA.test(block);
}

const METADATA = /^[ \t]+(?:- )?["']?(?:mac|lastmodified|enc)["']?:/m;

function isJson(text: string): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  try {
    const data: unknown = JSON.parse(text);
    const block = typeof data === "object" && data !== null && "sops" in data ? data.sops : undefined;
    return typeof block === "object" && block !== null && ("mac" in block || "lastmodified" in block);
  } catch {
    return false;
  }
}
