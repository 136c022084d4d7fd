import type { Io } from "../io.ts";
import { lineOf } from "./line-of.ts";

/** Asks questions on stdout and reads the answers from stdin, line by line. */
export interface Asker {
  /** Whether the answer is `y`; undefined when there is none: stdin has ended. */
  yes(question: string): Promise<boolean | undefined>;
}

/** Stdin is read only when something is asked, and may answer several questions. */
export function asker(io: Io): Asker {
  const lines = lineOf(io);
  return {
    async yes(question) {
      for (;;) {
        io.out.write(question);
        const line = await lines.next();
        if (line.done === true) return undefined;
        const answer = line.value.trim();
        if (answer === "y" || answer === "n") return answer === "y";
      }
    },
  };
}
