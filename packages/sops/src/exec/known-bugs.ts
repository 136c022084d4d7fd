import type { Diagnostic } from "../diagnostic.ts";

/** Versions as numbers that compare: `3.13.2` is 3_013_002. */
const bugs: readonly {
  readonly from: number;
  readonly until: number;
  readonly message: string;
  readonly help: string;
}[] = [
  {
    from: 3_013_002,
    until: 3_013_003,
    message:
      "sops 3.13.2 counts comments in lists into the MAC: files that have them fail with a MAC mismatch (getsops/sops#2243)",
    help: "Use sops 3.13.3, or 3.13.1.",
  },
  {
    from: 0,
    until: 3_013_002,
    message: "this sops reads all JSON numbers as floating point: integers above 2^53 change silently",
    help: "Use sops 3.13.3, or write such numbers as strings.",
  },
  {
    from: 0,
    until: 3_012_000,
    message: "this sops knows no post-quantum age keys (age1pq1…)",
    help: "Use sops 3.12 or newer for files with such recipients.",
  },
  {
    from: 0,
    until: 3_009_000,
    message: "this sops knows no mac_only_encrypted: such files fail with a MAC mismatch",
    help: "Use sops 3.9 or newer.",
  },
];

/** Known defects of a version of sops that change or refuse files; empty for a version without any, or an unknown one. */
export function knownBugs(version: string): readonly Diagnostic[] {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (match === null) return [];
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map(Number);
  const number = major * 1_000_000 + minor * 1_000 + patch;
  return bugs
    .filter(({ from, until }) => number >= from && number < until)
    .map(({ message, help }) => ({ code: "sops/known-bug", severity: "warning", message, help }));
}
