/** What a command reads from and writes to; tests pass their own. */
export interface Io {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Stdin, for commands that read it. Default: nothing. */
  readonly in?: AsyncIterable<Uint8Array>;
  readonly out: Output;
  readonly err: Output;
}

export interface Output {
  /** Bytes come from `secrets decrypt` alone, where a file is not text. */
  write(text: string | Uint8Array): void;
  /** ANSI colours may be written. */
  readonly color: boolean;
  /** Somebody is watching: progress may be shown. Default false. */
  readonly terminal?: boolean;
}

/** The process's own streams. Colours only on a terminal, never with NO_COLOR or TERM=dumb. */
export function processIo(): Io {
  const output = (stream: NodeJS.WriteStream): Output => ({
    write: (text) => void stream.write(text),
    terminal: stream.isTTY === true,
    color: stream.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb",
  });
  const [out, err] = [output(process.stdout), output(process.stderr)];
  return {
    cwd: process.cwd(),
    env: process.env,
    // Only looking at process.stdin may open it.
    get in() {
      return process.stdin;
    },
    out,
    err,
  };
}
