import type { GuardedFile } from "../../../src/index.ts";

/** A file of the corpus, with what has to lie beside it: a `.sops.yaml`, an ignore file. */
export interface CorpusFile extends GuardedFile {
  readonly beside?: readonly GuardedFile[];
}

/** One way in which files are right or wrong; each of its files shows another form of it. */
export interface Construct {
  readonly name: string;
  readonly verdict: "good" | "bad";
  /** The code a bad file must be reported with, without `sops/`. */
  readonly code?: string;
  readonly files: readonly CorpusFile[];
}

type Files = Readonly<Record<string, string>> | readonly CorpusFile[];

/** Files by path; the paths of one construct differ, so that each file names it. */
export function good(name: string, files: Files): Construct {
  return { name, verdict: "good", files: listed(files) };
}

export function bad(name: string, code: string, files: Files): Construct {
  return { name, verdict: "bad", code, files: listed(files) };
}

function listed(files: Files): readonly CorpusFile[] {
  return Array.isArray(files)
    ? (files as readonly CorpusFile[])
    : Object.entries(files as Readonly<Record<string, string>>).map(([path, text]) => ({ path, text }));
}

/** The same files with others beside each of them. */
export function beside(others: readonly GuardedFile[], files: Readonly<Record<string, string>>): CorpusFile[] {
  return Object.entries(files).map(([path, text]) => ({ path, text, beside: others }));
}
