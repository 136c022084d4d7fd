import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { GuardReport } from "@idstack/sops";
import { Command } from "commander";
import { CliError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { Finish } from "../../internal/program.ts";
import type { Io } from "../../io.ts";

interface GuardFlags {
  readonly staged?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** `idstack secrets guard [paths…]`: secrets in plaintext, before they are committed. */
export function guardCommand(io: Io, finish: Finish): Command {
  return new Command("guard")
    .description("finds secrets in plaintext and encrypted files that are broken; needs no key")
    .argument("[paths...]", "files and folders; default: the current folder, with --staged the whole repository")
    .option("--staged", "judge what git would commit (its index), not the files of the work tree")
    .option("--strict", "warnings fail the command too")
    .option("--json", "print one JSON document")
    .addHelpText("after", help)
    .action(async (paths: string[], { staged = false, strict = false, json = false }: GuardFlags) => {
      const { guardFiles, guardStaged } = await import("@idstack/sops");
      const { cwd } = io;
      if (!staged) await assertThere(paths, cwd);
      const report = staged
        ? await guardStaged({ cwd, paths })
        : await guardFiles({ cwd, paths: paths.length === 0 ? ["."] : paths });
      const { checked, diagnostics } = report;
      io.out.write(
        json
          ? `${JSON.stringify({ checked, findings: diagnostics }, null, 2)}\n`
          : await reportText(report, staged, io.out.color),
      );
      const failing = diagnostics.filter(({ severity }) => severity === "error" || (strict && severity === "warning"));
      finish(failing.length > 0 ? exitCodes.findings : exitCodes.ok);
    });
}

/** Lines of the files are not shown: they are what must not be seen. */
async function reportText({ checked, diagnostics }: GuardReport, staged: boolean, color: boolean): Promise<string> {
  const { renderDiagnostics } = await import("@idstack/manifests");
  const findings = diagnostics.length === 0 ? "" : `${renderDiagnostics(diagnostics, { color })}\n\n`;
  const of = (severity: string) => diagnostics.filter((each) => each.severity === severity).length;
  const files = `${count(checked, staged ? "staged file" : "file")}`;
  return `${findings}${files}: ${count(of("error"), "error")}, ${count(of("warning"), "warning")}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

async function assertThere(paths: readonly string[], cwd: string): Promise<void> {
  for (const path of paths) {
    await stat(resolve(cwd, path)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOENT" && cause.code !== "ENOTDIR") throw cause;
      throw new CliError("not-a-directory", `there is no file or folder ${path}`);
    });
  }
}

const help = `
Examples:
  idstack secrets guard --staged               in a pre-commit hook
  idstack secrets guard                        a whole repository, for CI
  idstack secrets guard apps/web.yaml .env     files by name, as pre-commit passes them

Found are files that a rule of .sops.yaml selects but that are plaintext, values that a file's own rule, or the rule of
.sops.yaml, should have encrypted, Kubernetes Secrets, private keys, tokens, recipients that differ from the rule, damaged
files, merges that are not resolved and what a killed write has left.

Silence a finding with a comment on its line, or on the line above: idstack:allow (gitleaks:allow counts, too).
.idstackguardignore names paths to leave alone, with patterns as in .gitignore.

Exit status: 0 no error, 1 errors (with --strict also warnings), 2 wrong usage, 3 another failure.
`;
