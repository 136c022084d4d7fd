import { isEncrypted } from "../is-encrypted.ts";
import type { SopsFormat } from "../stores/format.ts";

/** Documentation shows encrypted files, it is none. */
const PROSE = /\.(?:mdx?|markdown|rst|adoc|asciidoc|html?|tex)$/i;

export interface Sniffed {
  readonly format: SopsFormat;
  /** By its name: then a text that cannot be read is damaged, and not merely something else. */
  readonly certain: boolean;
}

/** The format of a file that sops encrypted, even without its MAC; undefined for any other. */
export function encryptedFormat(path: string, text: string): Sniffed | undefined {
  if (!text.includes("sops")) return undefined;
  const named = namedFormat(path);
  if (/^\s*\{/.test(text)) {
    const block = /"sops"\s*:\s*\{/.test(text) && /"(?:mac|lastmodified|enc)"\s*:/.test(text);
    if (!block) return undefined;
    if (named === "json" || named === "yaml") return certain(named);
    if (/^\s*\{\s*"data"\s*:\s*"ENC\[/.test(text)) return certain("binary");
    return { format: "json", certain: false };
  }
  if (named === "dotenv" && /^sops_(?:version|lastmodified|mac|age__list_)/m.test(text)) return certain(named);
  if (named === "ini" && /^\[sops\]\s*$/m.test(text)) return certain(named);
  if (PROSE.test(path) || !isEncrypted(text)) return undefined;
  if (named !== undefined) return certain(named);
  if (/^sops_mac=/m.test(text)) return { format: "dotenv", certain: false };
  return { format: /^\[sops\]/m.test(text) ? "ini" : "yaml", certain: false };
}

/** What the name says, more generously than sops: `.env.production` is dotenv, and capitals do not count. */
export function namedFormat(path: string): Exclude<SopsFormat, "binary"> | undefined {
  if (/\.ya?ml$/i.test(path)) return "yaml";
  if (/\.json$/i.test(path)) return "json";
  if (/\.ini$/i.test(path)) return "ini";
  return /\.env(?:\.(?!example$|sample$|template$|dist$)[\w-]+)?$/i.test(path) ? "dotenv" : undefined;
}

function certain(format: SopsFormat): Sniffed {
  return { format, certain: true };
}
