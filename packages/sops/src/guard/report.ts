import type { Diagnostic, Severity } from "../diagnostic.ts";
import { positionAt } from "../internal/position.ts";
import type { PlainSecretValue } from "./plain-secrets.ts";

/** Adds one finding about a file. */
export type Report = (code: string, message: string, where?: ReportDetails) => void;

export interface ReportDetails {
  readonly offset?: number | undefined;
  /** Where it is known already, in place of `offset`. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly path?: string | undefined;
  readonly help?: string | undefined;
  readonly severity?: Severity | undefined;
}

export function reporter(file: string, text: string, diagnostics: Diagnostic[]): Report {
  return (code, message, { offset = 0, line, column = 1, path, help, severity = "error" } = {}) => {
    diagnostics.push({
      code: `sops/${code}`,
      severity,
      message,
      file,
      ...(line === undefined ? positionAt(text, offset) : { line, column }),
      ...(path === undefined ? {} : { path }),
      ...(help === undefined ? {} : { help }),
    });
  };
}

export function reportSecret(name: string, { path, offset }: PlainSecretValue, report: Report): void {
  report("plain-secret", `Secret ${name === "" ? "without a name" : name} holds ${path} in plaintext`, {
    offset,
    path,
    help: "Treat the value as leaked: change it, then encrypt the file.",
  });
}
