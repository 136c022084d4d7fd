import { Command } from "commander";
import { exitCodes } from "../exit-codes.ts";
import type { Finish } from "../internal/program.ts";
import { renderJson, renderText } from "../internal/render-output.ts";
import type { Io } from "../io.ts";

interface RenderFlags {
  readonly config: string;
  readonly out?: string;
  readonly check?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `idstack render`: declaration → GitOps tree. */
export function renderCommand(io: Io, finish: Finish): Command {
  return new Command("render")
    .description("renders a stack declaration to a GitOps tree")
    .option("-c, --config <file>", "the declaration", "stack.config.ts")
    .option("-o, --out <dir>", "folder of the tree (default: gitops.path of the declaration, beside it)")
    .option("--check", "write nothing; fail when the tree differs")
    .option("--force", "overwrite files that were edited by hand, and files of others")
    .option("--json", "print one JSON document")
    .addHelpText("after", help)
    .action(async ({ config, out, check = false, force = false, json = false }: RenderFlags, command: Command) => {
      if (check && force) command.error("error: --check writes nothing, so --force has no meaning with it");
      const [{ loadConfig }, { renderStack }] = await Promise.all([
        import("../load-config.ts"),
        import("../render-stack.ts"),
      ]);
      const stack = await loadConfig(config, io.cwd);
      const result = await renderStack(stack, { config, out, cwd: io.cwd, check, force });
      io.out.write(json ? renderJson(result) : await renderText(result, { check, color: io.out.color }));
      const findings = check ? [...result.diagnostics, ...result.drift] : result.diagnostics;
      finish(findings.some(({ severity }) => severity === "error") ? exitCodes.findings : exitCodes.ok);
    });
}

const help = `
Examples:
  idstack render
  idstack render --config home.config.ts --out clusters/home
  idstack render --check

The declaration is a module: export default defineStack({ … }). Encrypted files it names are looked up beside it.
A file of the tree that was edited by hand is not overwritten without --force.

Exit status: 0 rendered (with --check: no drift), 1 invalid objects, drift or files edited by hand, 2 wrong usage or
declaration, 3 another failure.
`;
