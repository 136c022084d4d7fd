/** Text without private keys: one may stand where a recipient should, in a flag, a rule or a file. */
export function redactKeys(text: string): string {
  return text.replace(/AGE-(?:SECRET-KEY|PLUGIN)-[^\s"',\]]*/gi, "(a private key)");
}
