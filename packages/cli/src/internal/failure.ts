import type { Diagnostic } from "@idstack/manifests";
import { CommanderError } from "commander";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { redactKeys } from "../sops/redact.ts";

/** An error as a command reports it. */
export interface Failure {
  /** An {@link ExitCode}, or for the secrets commands one of sops. */
  readonly status: number;
  /** The error's own code, `usage` for a wrong command line, `unexpected` for a defect of idstack. */
  readonly code: string;
  readonly message: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Files the error is about. */
  readonly paths: readonly string[];
  /** Only for defects. */
  readonly stack?: string | undefined;
  /** The command said it already. */
  readonly silent?: boolean | undefined;
}

type Rule = (code: string) => { readonly status: ExitCode; readonly help?: string };

const usage: Rule = () => ({ status: exitCodes.usage });

/** By name and not by class: a declaration may come with its own copies of the libraries. */
const rules: Readonly<Record<string, Rule>> = {
  CliError: usage,
  StackError: usage,
  ManifestError: (code) => {
    if (code === "edited-file") {
      const help = "Put the change into the declaration, or overwrite it with --force.";
      return { status: exitCodes.findings, help };
    }
    if (code === "foreign-file") {
      return { status: exitCodes.findings, help: "Move it away, or overwrite it with --force (a file, not a folder)." };
    }
    const declared = ["duplicate-object", "path-collision", "unsafe-path", "broken-schemas"].includes(code);
    return { status: declared ? exitCodes.usage : exitCodes.failure };
  },
  SopsError: (code) => ({
    status: ["read-failed", "write-failed", "file-changed"].includes(code) ? exitCodes.failure : exitCodes.usage,
  }),
  SpiffeError: (code) => ({
    status: ["invalid-spiffe-id", "invalid-trust-domain", "development-only"].includes(code)
      ? exitCodes.usage
      : exitCodes.failure,
  }),
};

/** What to say about an error, and with which status to exit. */
export function failureOf(error: unknown): Failure {
  const { name, code, message, diagnostics, paths, stack } = fields(error);
  const base = { diagnostics, paths };
  if (error instanceof CommanderError) {
    return { ...base, status: exitCodes.usage, code: "usage", message: usageMessage(message) };
  }
  if (name === "SopsExit") {
    const { status, silent } = error as { readonly status: number; readonly silent: boolean };
    return { ...base, status, code: code ?? "sops", message: redactKeys(message), silent };
  }
  if (code === undefined) return { ...base, status: exitCodes.failure, code: "unexpected", message, stack };
  const { status, help } = rules[name]?.(code) ?? { status: exitCodes.failure };
  return { ...base, status, code, message: help === undefined ? message : `${message}. ${help}` };
}

interface ErrorFields extends Pick<Failure, "diagnostics" | "paths" | "message" | "stack"> {
  readonly name: string;
  readonly code: string | undefined;
}

function fields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) {
    return { name: "", code: undefined, message: String(error), diagnostics: [], paths: [], stack: undefined };
  }
  const { code, diagnostics, paths } = error as { code?: unknown; diagnostics?: unknown; paths?: unknown };
  return {
    name: error.name,
    code: typeof code === "string" ? code : undefined,
    message: error.message,
    diagnostics: Array.isArray(diagnostics) ? (diagnostics as Diagnostic[]) : [],
    paths: Array.isArray(paths) ? (paths as string[]) : [],
    stack: error.stack,
  };
}

/**
 * Commander writes `error: unknown command 'x'` and the suggestion on a line of its own. What somebody gave to a flag that
 * does not exist may be a password.
 */
function usageMessage(message: string): string {
  const bare = message.replace(/^error: (unknown option '[^'=]*)=.*?'$/ms, "$1'");
  return bare.replace(/^error: /, "").replace(/\n\((.*)\)$/s, ". $1");
}
