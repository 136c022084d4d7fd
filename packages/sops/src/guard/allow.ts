import { posix } from "node:path";
import type { Diagnostic } from "../diagnostic.ts";

/** The name of a file with patterns of paths the guard leaves alone. */
export const IGNORE_FILE = ".idstackguardignore";

const MARK = /\b(?:idstack|gitleaks):allow\b/;

/** Whether a person has looked at a finding: a comment on its line, or on a line of its own just above. */
export function allowed(lines: readonly string[], { line = 1 }: Diagnostic): boolean {
  const above = lines[line - 2] ?? "";
  return MARK.test(lines[line - 1] ?? "") || (MARK.test(above) && /^\s*(?:#|;|\/\/|--|<!--|\/\*)/.test(above));
}

export function mentionsAllow(text: string): boolean {
  return text.includes(":allow") && MARK.test(text);
}

/**
 * What patterns like those of `.gitignore` match: `*`, `?` and `**`; a pattern with a `/` inside is seen from its own
 * folder, another holds at every depth; a folder stands for all below it.
 */
export function ignores(patterns: readonly string[], folder = "."): (path: string) => boolean {
  const compiled = patterns
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(compile);
  if (compiled.length === 0) return () => false;
  return (path) => {
    const seen = posix.relative(folder, path);
    return !seen.startsWith("../") && compiled.some((pattern) => pattern.test(seen));
  };
}

function compile(pattern: string): RegExp {
  const bare = pattern.replace(/^\/|\/$/g, "");
  const anchored = pattern.replace(/\/$/, "").includes("/");
  const body = bare.replace(/\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : `\\${part}`;
  });
  return new RegExp(`^${anchored ? "" : "(?:.*/)?"}${body}(?:/.*)?$`);
}
