import type { Diagnostic, Severity } from "../diagnostic.ts";
import { positionAt } from "../internal/position.ts";

/** Adds one finding about a file. */
export type Report = (code: string, message: string, where?: ReportDetails) => void;

export interface ReportDetails {
  readonly offset?: number | undefined;
  readonly path?: string | undefined;
  readonly help?: string | undefined;
  readonly severity?: Severity | undefined;
}

export function reporter(file: string, text: string, diagnostics: Diagnostic[]): Report {
  return (code, message, { offset = 0, path, help, severity = "error" } = {}) => {
    diagnostics.push({
      code: `sops/${code}`,
      severity,
      message,
      file,
      ...positionAt(text, offset),
      ...(path === undefined ? {} : { path }),
      ...(help === undefined ? {} : { help }),
    });
  };
}
