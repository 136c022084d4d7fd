import type { Io } from "../io.ts";
import type { SopsFlags } from "./flags.ts";

/** One command line, whichever grammar it was written in. */
export interface SopsCall {
  readonly io: Io;
  readonly flags: SopsFlags;
  /** What follows the flags. */
  readonly args: readonly string[];
  /**
   * As sops in every choice: `.sops.yaml` is searched from the current folder, recipients do not replace a rule.
   * Otherwise from the folder of the file, and they do.
   */
  readonly strict: boolean;
}

/** The file a command works on. */
export interface Target {
  /** As it was written; undefined for stdin. */
  readonly shown: string | undefined;
  /** Absolute; undefined for stdin. */
  readonly path: string | undefined;
  /** What decides about formats and creation rule; absolute, empty when nothing does. */
  readonly named: string;
}
