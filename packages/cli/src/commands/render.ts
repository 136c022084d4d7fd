import { formatRef, renderDiagnostic } from "@idstack/manifests";
import { Command } from "commander";
import { exitCodes } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { loadConfig } from "../load-config.ts";
import type { Finish } from "../program.ts";
import { type RenderResult, renderStack } from "../render-stack.ts";

interface RenderFlags {
  readonly config: string;
  readonly out: string;
  readonly check?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `idstack render`: declaration → GitOps tree. */
export function renderCommand(io: Io, finish: Finish): Command {
  return new Command("render")
    .description("renders a stack declaration to a GitOps tree")
    .option("-c, --config <file>", "the declaration", "stack.config.ts")
    .option("-o, --out <dir>", "folder of the tree", "rendered")
    .option("--check", "write nothing; fail when the tree differs")
    .option("--force", "overwrite files that were edited by hand")
    .option("--json", "print JSON")
    .addHelpText("after", help)
    .action(async (flags: RenderFlags) => {
      const stack = await loadConfig(flags.config, io.cwd);
      const result = await renderStack(stack, {
        config: flags.config,
        out: flags.out,
        cwd: io.cwd,
        check: flags.check === true,
        force: flags.force === true,
      });
      io.out.write(flags.json === true ? `${JSON.stringify(toJson(result), null, 2)}\n` : toText(result, io, flags));
      const errors = result.diagnostics.some(({ severity }) => severity === "error");
      finish(errors || (flags.check === true && result.changes.length > 0) ? exitCodes.findings : exitCodes.ok);
    });
}

function toText(result: RenderResult, io: Io, flags: RenderFlags): string {
  const lines = result.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, { color: io.out.color }));
  for (const { path, change } of result.changes) lines.push(`${change.padEnd(8)} ${path}`);
  for (const reference of result.leftTree) {
    lines.push(`left the tree: ${formatRef(reference)} (it keeps running until you delete it)`);
  }
  const verb = flags.check === true ? "checked" : "rendered";
  lines.push(`${verb} ${result.objects.length} objects in ${result.files} files: ${result.changes.length} changed`);
  return `${lines.join("\n")}\n`;
}

function toJson({ objects, files, changes, leftTree, diagnostics }: RenderResult): unknown {
  return { objects: objects.length, files, changes, leftTree, diagnostics };
}

const help = `
Examples:
  idstack render
  idstack render --config home.config.ts --out clusters/home
  idstack render --check

The declaration is a module: export default defineStack({ … }).
Exit status: 0 rendered (with --check: no drift), 1 invalid objects or drift, 2 wrong usage or declaration.
`;
