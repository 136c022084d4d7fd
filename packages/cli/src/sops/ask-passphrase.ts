import { closeSync, openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";

/**
 * Asks on the terminal itself, whatever stdin and stdout are, without showing what is typed.
 *
 * @returns Undefined where there is no terminal, or when the answer is Ctrl-C or Ctrl-D.
 */
export async function askPassphrase(source: string): Promise<string | undefined> {
  const descriptor = openTerminal();
  if (descriptor === undefined) return undefined;
  const input = new ReadStream(descriptor);
  const output = new WriteStream(descriptor);
  try {
    // First: what is typed at once must not be shown either.
    input.setRawMode(true);
    output.write(`Passphrase for ${source}: `);
    return await readLine(input);
  } finally {
    input.setRawMode(false);
    output.write("\n");
    input.destroy();
    closeQuietly(descriptor);
  }
}

function openTerminal(): number | undefined {
  try {
    return openSync("/dev/tty", "r+");
  } catch {
    return undefined;
  }
}

async function readLine(input: ReadStream): Promise<string | undefined> {
  let line = "";
  for await (const chunk of input.setEncoding("utf8")) {
    for (const char of chunk as string) {
      if (char === "\r" || char === "\n") return line;
      if (char === "\u0003" || char === "\u0004") return undefined;
      line = char === "\u007f" || char === "\b" ? line.slice(0, -1) : line + char;
    }
  }
  return undefined;
}

/** The streams may have closed it already. */
function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {}
}
