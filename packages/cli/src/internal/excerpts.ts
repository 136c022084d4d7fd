import type { TextFile } from "@idstack/manifests";

/** A Secret in whatever notation, or a private key: no line of such a file is shown, output ends up in logs. */
const confidential = /\bkind["']?\s*:\s*["']?(?:Sops)?Secret\b|PRIVATE KEY|AGE-SECRET-KEY-/;

/** The texts from which lines may be shown beside a diagnostic, by path. */
export function excerpts(files: readonly TextFile[]): ReadonlyMap<string, string> {
  return new Map(files.filter(({ text }) => !confidential.test(text)).map(({ path, text }) => [path, text]));
}
