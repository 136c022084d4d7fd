/** What a command reads from and writes to; tests pass their own. */
export interface Io {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly out: Output;
  readonly err: Output;
}

export interface Output {
  write(text: string): void;
  /** ANSI colours may be written. */
  readonly color: boolean;
}

/** The process's own streams. Colours only on a terminal, never with NO_COLOR or TERM=dumb. */
export function processIo(): Io {
  const output = (stream: NodeJS.WriteStream): Output => ({
    write: (text) => void stream.write(text),
    color: stream.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb",
  });
  return { cwd: process.cwd(), env: process.env, out: output(process.stdout), err: output(process.stderr) };
}
