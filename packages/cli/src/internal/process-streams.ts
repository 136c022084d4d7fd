import { Console } from "node:console";

/**
 * Watches stdout and stderr. A reader that has gone (`idstack … | head`) is no failure and nothing to talk about; a full
 * disk is: the exit status becomes 3.
 */
export function followStreams(program = "idstack"): { readonly broken: boolean } {
  const state = { broken: false };
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") return;
      state.broken = true;
      process.exitCode = 3;
      if (stream === process.stdout)
        process.stderr.write(`${program}: the output cannot be written: ${error.message}\n`);
    });
  }
  return state;
}

/** Node below 24 announces on every run that importing TypeScript is experimental; nobody can act on that. */
export function hideExperimentalWarnings(): void {
  const printers = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") for (const print of printers) print(warning);
  });
}

/** Stdout carries results, with `--json` one document: what a declaration prints while it is imported goes to stderr. */
export function keepStdoutClean(): void {
  globalThis.console = new Console(process.stderr, process.stderr);
}
