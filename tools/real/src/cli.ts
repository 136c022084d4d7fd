import { Command } from "commander";
import { clean } from "./commands/clean.ts";
import { list } from "./commands/list.ts";
import { test } from "./commands/test.ts";
import { loadComponents, selectComponents } from "./components.ts";
import { updateCrds } from "./crds/update-crds.ts";
import { diagnose, machineWarnings, renderFindings } from "./doctor.ts";
import { RealError } from "./errors.ts";
import { install } from "./install.ts";
import { buildKey, findInstalled, programPath } from "./installed.ts";
import { digestOf } from "./internal/digest.ts";

const program = new Command("real")
  .description("Obtains the real programs that the tests run against.")
  .showHelpAfterError()
  .showSuggestionAfterError()
  .addHelpText("after", "\nBuilds are kept in $IDSTACK_REAL_DIR, by default idstack/real in your cache directory.");

program
  .command("list")
  .description("what there is, and what of it is installed")
  .action(async () => {
    process.stdout.write(await list(await loadComponents()));
  });

program
  .command("install")
  .description("build what is not in the cache yet (everything, or the components named)")
  .argument("[name...]")
  .action(async (names: string[]) => {
    const signal = interrupted();
    for (const component of selectComponents(await loadComponents(), names)) {
      const { directory } = await install(component, { signal });
      process.stdout.write(`${component.name} ${component.version}: ${directory}\n`);
    }
  });

program
  .command("test")
  .description("install what is missing, run the real suites, and print what was proved with which version")
  .argument("[suite...]", "directories such as packages/reach; default: every one with a vitest.real.config.ts")
  .action(async (suites: string[]) => {
    if (!(await test(await loadComponents(), suites, interrupted()))) process.exitCode = 1;
  });

program
  .command("path")
  .description("print where a program is, or the directory of a component's programs")
  .argument("<name>", "program (spire-agent) or component (spire)")
  .action(async (name: string) => {
    const component = (await loadComponents()).find((each) => each.name === name);
    const several = component?.recipes.flatMap((recipe) => recipe.programs).includes(name) === false;
    if (component === undefined || !several) {
      process.stdout.write(`${await programPath(name)}\n`);
      return;
    }
    const installed = await findInstalled(component);
    if (installed === undefined) {
      throw new RealError("not-installed", `${name} is not installed; run: pnpm real install ${name}`);
    }
    process.stdout.write(`${installed.directory}/bin\n`);
  });

program
  .command("key")
  .description("print a key of everything the builds depend on, for a cache that keeps them elsewhere")
  .argument("[name...]")
  .action(async (names: string[]) => {
    const keys: Record<string, string> = {};
    for (const component of selectComponents(await loadComponents(), names)) {
      keys[component.name] = await buildKey(component);
    }
    process.stdout.write(`${digestOf(keys).slice(0, 32)}\n`);
  });

program
  .command("doctor")
  .description("say what is missing for the builds, and how to get it")
  .action(async () => {
    const findings = await diagnose(await loadComponents());
    process.stdout.write(renderFindings(findings));
    for (const warning of await machineWarnings()) process.stdout.write(`warning  ${warning}\n`);
    if (findings.some((finding) => finding.problem !== undefined)) process.exitCode = 1;
  });

program
  .command("clean")
  .description("remove the builds and snapshots from the cache")
  .option("--old", "only those that the present recipes no longer use")
  .action(async ({ old }: { old?: boolean }) => {
    process.stdout.write(await clean(await loadComponents(), old === true));
  });

program
  .command("crds:update")
  .description("rewrite tools/real/crds from a directory of original CustomResourceDefinitions")
  .argument("<dir>")
  .action(async (directory: string) => {
    const { crds, bytes } = await updateCrds(directory);
    process.stdout.write(`${crds} CustomResourceDefinitions, ${(bytes / 1e6).toFixed(1)} MB\n`);
  });

function interrupted(): AbortSignal {
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop).once("SIGHUP", stop);
  return interrupt.signal;
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof RealError || error instanceof RangeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof RealError && error.code === "interrupted" ? 130 : 1;
}
