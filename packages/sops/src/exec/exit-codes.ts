import { SopsError, type SopsErrorCode } from "../errors.ts";

/** What sops' exit codes mean (cmd/sops/codes), as codes of ours. */
const CODES: Readonly<Record<number, readonly [SopsErrorCode, string]>> = {
  2: ["read-failed", "cannot read or parse the file"],
  3: ["write-failed", "cannot write the file"],
  5: ["invalid-config", "cannot use the configuration"],
  7: ["path-conflict", "a path or value to set is malformed"],
  8: ["conflicting-selection", "options exclude each other"],
  21: ["unsupported-value", "cannot encrypt the MAC"],
  23: ["unsupported-value", "cannot encrypt a value"],
  24: ["mac-mismatch", "cannot decrypt the MAC"],
  25: ["mac-mismatch", "cannot decrypt a value"],
  51: ["mac-mismatch", "the MAC does not match"],
  91: ["path-not-found", "there is no such path in the file"],
  92: ["read-failed", "the file is empty"],
  100: ["read-failed", "no such file"],
  128: ["no-identity-matches", "cannot get the data key"],
  203: ["already-encrypted", "the file is encrypted already"],
};

/** Exit code 1 says nothing; these words of sops do. */
const WORDS: readonly (readonly [RegExp, SopsErrorCode, string])[] = [
  [/no matching creation rules found/, "no-matching-creation-rule", "no creation rule matches"],
  [/config file not found/, "no-config", "there is no .sops.yaml"],
  [/sops metadata not found/, "not-encrypted", "the file has no sops metadata"],
  [/unmarshal/i, "read-failed", "cannot parse the file"],
  [/failed to parse|unknown recipient type|malformed recipient/, "invalid-recipient", "a recipient cannot be used"],
];

/**
 * The error for an exit code of sops. What sops wrote to stderr only helps to tell causes apart: it may quote values of
 * the file, so it is no part of the error.
 */
export function exitError(status: number | null, stderr: string, file: string | undefined): SopsError {
  const known = CODES[status ?? -1];
  const word = known === undefined ? WORDS.find(([pattern]) => pattern.test(stderr)) : undefined;
  const [code, meaning] = known ?? word?.slice(1) ?? ["program-failed", "failed"];
  const exit = status === null ? "was ended by a signal" : `exit code ${status}`;
  return new SopsError(code as SopsErrorCode, `sops: ${meaning} (${exit})`, { file });
}
