import { closeSync, openSync, writeSync } from "node:fs";
import { isatty, ReadStream } from "node:tty";

/**
 * Asks on the terminal itself, whatever stdin and stdout are, without showing what is typed. A signal that comes meanwhile
 * ends this process once the terminal is as it was.
 *
 * @returns Undefined where there is no terminal, or when the answer is Ctrl-C or Ctrl-D.
 */
export async function askPassphrase(source: string): Promise<string | undefined> {
  const { holdSignals } = await import("@idstack/sops");
  const descriptor = openTerminal();
  if (descriptor === undefined) return undefined;
  let came: NodeJS.Signals | undefined;
  try {
    using signals = holdSignals();
    return await ask(descriptor, source, (stop) =>
      signals.deliver((signal) => {
        came = signal;
        stop();
      }),
    );
  } finally {
    if (came !== undefined) process.kill(process.pid, came);
  }
}

function openTerminal(): number | undefined {
  try {
    return openSync("/dev/tty", "r+");
  } catch {
    return undefined;
  }
}

async function ask(
  descriptor: number,
  source: string,
  onSignal: (stop: () => void) => void,
): Promise<string | undefined> {
  const input = new ReadStream(descriptor);
  // The terminal is gone: no answer will come, and there is nothing to restore.
  input.on("error", () => input.destroy());
  try {
    // First: what is typed at once must not be shown either.
    input.setRawMode(true);
    if (!input.isRaw) return undefined;
    writeSync(descriptor, `Passphrase for ${source}: `);
    return await readLine(input, onSignal);
  } finally {
    await leave(input, descriptor);
  }
}

function readLine(input: ReadStream, onSignal: (stop: () => void) => void): Promise<string | undefined> {
  const typed: string[] = [];
  return new Promise((resolve) => {
    onSignal(() => resolve(undefined));
    input.once("close", () => resolve(undefined));
    input.setEncoding("utf8").on("data", (chunk: string) => {
      for (const char of chunk) {
        if (char === "\r" || char === "\n") return resolve(typed.join(""));
        if (char === "\u0003" || char === "\u0004") return resolve(undefined);
        if (char === "\u007f" || char === "\b") typed.pop();
        // Ctrl-U: all of it.
        else if (char === "\u0015") typed.length = 0;
        else typed.push(char);
      }
    });
  });
}

/** Before the stream is gone: it could not restore the terminal any more. */
async function leave(input: ReadStream, descriptor: number): Promise<void> {
  if (input.isRaw && !input.destroyed) input.setRawMode(false);
  const closed = new Promise((resolve) => (input.closed ? resolve(undefined) : input.once("close", resolve)));
  try {
    writeSync(descriptor, "\n");
  } catch {
    // It was closed while we asked.
  }
  input.destroy();
  await closed;
  // The stream reads through a descriptor of its own, unless the system could not open the terminal a second time.
  if (isatty(descriptor)) closeSync(descriptor);
}
