/** A `matchName` or `matchPattern` of a DNS rule or a toFQDNs peer. */
export interface NamePattern {
  readonly text: string;
  matches(name: string): boolean;
}

const CHARS = "[-a-zA-Z0-9_]";
const LABELS = `(?:${CHARS}+(?:[.]${CHARS}+)*)[.]`;

/**
 * Compiles a name or pattern as Cilium's DNS proxy does: `*` stays inside one label, a lone `*` is every name, a
 * leading `**.` stands for one or more labels. Undefined when the agent would refuse it.
 */
export function namePattern(raw: { matchName?: unknown; matchPattern?: unknown }): NamePattern | undefined {
  const { matchName, matchPattern } = raw;
  if (typeof matchName === "string" && matchName !== "" && typeof matchPattern === "string" && matchPattern !== "") {
    return undefined;
  }
  const isName = typeof matchName === "string" && matchName !== "";
  const text = isName ? matchName : typeof matchPattern === "string" ? matchPattern : "";
  if (text.length > 255 || !(isName ? /^[-a-zA-Z0-9_.]+$/ : /^[-a-zA-Z0-9_.*]*$/).test(text)) return undefined;
  const regex = toRegex(text);
  return { text, matches: (name) => regex.test(qualified(name)) };
}

export function isDnsName(text: string): boolean {
  return text.length <= 255 && /^[-a-zA-Z0-9_]+([.][-a-zA-Z0-9_]+)*[.]?$/.test(text);
}

function toRegex(text: string): RegExp {
  if (/^[*]+[.]?$/.test(text)) return new RegExp(`^(${CHARS}+[.])+$|^[.]$`);
  const escaped = qualified(text)
    .replaceAll(".", "[.]")
    .replace(/^[*]{2,}\[\.\]/, LABELS.replaceAll("*", "\0"))
    .replace(/[*]+/g, `${CHARS}*`)
    .replaceAll("\0", "*");
  return new RegExp(`^${escaped}$`);
}

/** Lower case with the trailing dot, the form in which the proxy compares names. */
function qualified(name: string): string {
  const lower = name.trim().toLowerCase();
  return lower.endsWith(".") ? lower : `${lower}.`;
}
