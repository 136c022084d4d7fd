import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { CliError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Finish } from "../internal/program.ts";
import { shownPath } from "../internal/shown-path.ts";
import type { Io } from "../io.ts";

interface AuditFlags {
  readonly json?: boolean;
  readonly list?: boolean;
  readonly only?: string[];
  readonly skip?: string[];
  readonly strict?: boolean;
}

/** `idstack audit <dir>`: checks any YAML repository. */
export function auditCommand(io: Io, finish: Finish): Command {
  return new Command("audit")
    .description("checks the manifests of a folder: schemas, policies, identities, secrets, backups")
    .argument("[dir]", "folder to read", ".")
    .option("--only <checks>", "run only these checks: names with commas between them", collect)
    .option("--skip <checks>", "leave these checks out", collect)
    .option("--strict", "warnings fail the command too")
    .option("--list", "list the checks instead of running them")
    .option("--json", "print one JSON document")
    .addHelpText("after", help)
    .action(async (dir: string, { only, skip, strict = false, list = false, json = false }: AuditFlags) => {
      const { formatJson } = await import("@idstack/audit");
      const { auditFolder, auditText, listChecks, selectChecks } = await import("../internal/audit-folder.ts");
      const checks = selectChecks(only, skip);
      if (list) {
        io.out.write(listChecks(checks, json));
        return;
      }
      const root = resolve(io.cwd, dir);
      await assertFolder(root, dir);
      const audited = await auditFolder(root, checks, io.cwd);
      io.out.write(json ? formatJson(audited.report) : auditText(audited, shownPath(root, io.cwd), io.out.color));
      const { error, warning } = audited.report.counts;
      finish(error + (strict ? warning : 0) > 0 ? exitCodes.findings : exitCodes.ok);
    });
}

async function assertFolder(root: string, dir: string): Promise<void> {
  const found = await stat(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (found === undefined) throw new CliError("not-a-directory", `there is no folder ${dir}`);
  if (!found.isDirectory()) throw new CliError("not-a-directory", `${dir} is a file: name the folder to audit`);
}

function collect(names: string, previous: string[] = []): string[] {
  return [...previous, ...names.split(",").map((name) => name.trim())];
}

const help = `
Examples:
  idstack audit clusters/home
  idstack audit --only namespace-pod-security,image-tag clusters/home
  idstack audit --strict --json
  idstack audit --list

Silence one finding with an annotation on its object: idstack.dev/ignore-<check>: "reason".
Pods of charts and operators are read from .idstack/endpoints.json of every rendered tree in the folder. Kinds of your
own are checked by their CustomResourceDefinitions in the folder, or by .idstack/schemas (see idstack schemas add).

Exit status: 0 no error, 1 errors (with --strict also warnings), 2 wrong usage, 3 another failure.
`;
