import type { ExceptionName } from "./exceptions.ts";

/**
 * One command line, or several in a row, with what it must do. Texts may name `{alice}`, `{bob}` and `{carol}` (their
 * recipients), `{alice.key}` … (their identities), `{ssh}` and `{pq}` likewise for an SSH and a post-quantum key, and
 * `{cwd}`.
 */
export interface Case {
  readonly name: string;
  /** The functional test of sops that asks the same. */
  readonly upstream?: string;
  /** Files of the working folder; `~/…` is in the home folder. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Files that sops encrypts beforehand, to alice: their plain text, or with options of `sops encrypt`. */
  readonly sealed?: Readonly<Record<string, Sealed>>;
  /** Changes that sealed files suffer before the command sees them. */
  readonly tamper?: Readonly<Record<string, (text: string) => string>>;
  readonly run: Step | readonly Step[];
  /** What sops decrypts from files afterwards; `stdout` is that of the last step. */
  readonly opens?: Readonly<Record<string, string>>;
  /** Files that keep every byte, and those that must not be there. */
  readonly kept?: readonly string[];
  readonly absent?: readonly string[];
  /** Where `idstack-sops` does something else, and what. */
  readonly differs?: Difference;
}

export type Sealed = string | Uint8Array | { readonly text: string | Uint8Array; readonly args: readonly string[] };

/** Alice's key is in `SOPS_AGE_KEY` unless `env` says otherwise. */
export interface Step {
  readonly args: readonly string[];
  readonly stdin?: string | Uint8Array;
  /** A file for stdin. */
  readonly from?: string;
  /** A folder to run in, below the working folder. */
  readonly in?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default 0. */
  readonly status?: number;
  /** Whole, or what it must match. */
  readonly stdout?: string | RegExp;
  /** Whether something is on stderr: by default exactly when the status is not 0. */
  readonly says?: boolean | RegExp;
}

/** Overrides what the last step must do; anything left out is compared as ever. */
export interface Difference {
  readonly because: ExceptionName;
  readonly status?: number;
  readonly stdout?: string | RegExp;
  readonly says?: boolean | RegExp;
  readonly opens?: Readonly<Record<string, string>>;
  /** Bytes of files are not compared with those that sops writes. */
  readonly files?: false;
}
