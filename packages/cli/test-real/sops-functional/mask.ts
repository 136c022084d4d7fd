/** An encrypted file without what differs at every encryption: layout, lengths and types stay. */
export function mask(text: string): string {
  return text
    .replaceAll(/ENC\[AES256_GCM,data:([^,]*),iv:[^,]*,tag:[^,]*,type:(\w+)\]/g, (_, data: string, type: string) => {
      return `ENC[${Buffer.from(data, "base64").length} ${type}]`;
    })
    .replaceAll(/(BEGIN AGE ENCRYPTED FILE-----)(.*?)(-----END)/gs, (_, begin: string, body: string, end: string) => {
      const lines = body.replaceAll(/(\\n)|[A-Za-z0-9+/=]+/g, (run, newline?: string) => newline ?? `<${run.length}>`);
      return `${begin}${lines}${end}`;
    })
    .replaceAll(/(lastmodified"?\s*[:=]\s*"?)[\dTZ:+-]+/g, "$1<time>");
}

export const isSealed = (text: string): boolean => /ENC\[AES256_GCM,|BEGIN AGE ENCRYPTED FILE/.test(text);

/** Lines of an encrypted file that a command left as they were. */
export function keptLines(before: string, after: string): Set<string> {
  const lines = new Set(after.split("\n"));
  return new Set(before.split("\n").filter((line) => line.includes("ENC[AES256_GCM") && lines.has(line)));
}
