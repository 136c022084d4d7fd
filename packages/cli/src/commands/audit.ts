import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { auditTree, checks, formatJson, formatText } from "@idstack/audit";
import { closest } from "@idstack/manifests";
import { readEndpoints } from "@idstack/reach";
import { Command, InvalidArgumentError } from "commander";
import { CliError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import type { Finish } from "../program.ts";

interface AuditFlags {
  readonly json?: boolean;
  readonly only?: string[];
  readonly skip?: string[];
  readonly strict?: boolean;
}

/** `idstack audit <dir>`: checks any YAML repository. */
export function auditCommand(io: Io, finish: Finish): Command {
  return new Command("audit")
    .description("checks the manifests of a folder: schemas, policies, identities, secrets, backups")
    .argument("[dir]", "folder to read", ".")
    .option("--only <check...>", "run only these checks", collectCheck)
    .option("--skip <check...>", "leave these checks out", collectCheck)
    .option("--strict", "warnings fail the command too")
    .option("--json", "print JSON")
    .addHelpText("after", help)
    .action(async (dir: string, flags: AuditFlags) => {
      const root = resolve(io.cwd, dir);
      if (!(await stat(root).catch(() => undefined))?.isDirectory()) {
        throw new CliError("not-a-directory", `${dir} is no folder.`);
      }
      const report = await auditTree(root, {
        only: flags.only,
        skip: flags.skip,
        endpoints: await readEndpoints(root),
      });
      io.out.write(flags.json === true ? formatJson(report) : formatText(report));
      const failing = report.counts.error + (flags.strict === true ? report.counts.warning : 0);
      finish(failing > 0 ? exitCodes.findings : exitCodes.ok);
    });
}

function collectCheck(id: string, previous: string[] | undefined): string[] {
  const ids = checks.map((check) => check.id);
  if (!ids.includes(id)) {
    const near = closest(id, ids);
    throw new InvalidArgumentError(near === undefined ? `Checks are: ${ids.join(", ")}.` : `Did you mean ${near}?`);
  }
  return [...(previous ?? []), id];
}

const help = `
Examples:
  idstack audit clusters/home
  idstack audit --only namespace-pod-security --json
  idstack audit --strict

Silence one finding with an annotation on its object: idstack.dev/ignore-<check>: "reason".
Exit status: 0 no error, 1 errors (with --strict also warnings), 2 wrong usage.
`;
