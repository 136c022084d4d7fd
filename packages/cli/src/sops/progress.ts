import { shownPath } from "../internal/shown-path.ts";
import type { Io } from "../io.ts";

/** A line on stderr that is written over and over; gone when disposed. */
export interface Progress extends Disposable {
  readonly step: (done: number, total: number, file: string) => void;
}

/** Shows how far work on many files is, to people only. */
export function showProgress({ err, cwd }: Io): Progress {
  let shown = false;
  return {
    step(done, total, file) {
      if (err.terminal !== true || total < 2) return;
      shown = true;
      err.write(`\r\u001b[K${done} of ${total}  ${shownPath(file, cwd)}`);
    },
    [Symbol.dispose]() {
      if (shown) err.write("\r\u001b[K");
    },
  };
}
