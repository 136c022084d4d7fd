import { dirname, resolve } from "node:path";
import type { CreationRule, SopsConfig } from "./creation-rule.ts";
import { findSopsConfig } from "./find-sops-config.ts";
import { findRule } from "./rule-for.ts";

/** What decides about a path: a configuration and the rule in it, either of which there may be none. */
export interface RuleChoice {
  readonly config: SopsConfig | undefined;
  readonly rule: CreationRule | undefined;
}

export interface RuleComparison {
  /** Searched from the folder of the file: what this package does. */
  readonly byFile: RuleChoice;
  /** Searched from the current folder: what sops does. */
  readonly byCwd: RuleChoice;
  /** Undefined when both are the same rule of the same file. */
  readonly difference: string | undefined;
}

/**
 * Which creation rule holds for a path, found from the file's folder and found as sops finds it, from the folder it is
 * run in. They differ when a nested `.sops.yaml` is hidden from sops, or when sops is run outside the repository.
 *
 * @throws {@link SopsError} `invalid-config` when a pattern that must be tried is broken, `read-failed`.
 *
 * @example
 * import { compareRules } from "@idstack/sops";
 * const { difference } = await compareRules("/nonexistent/db.yaml", { cwd: "/" });
 * console.log(difference); // undefined
 */
export async function compareRules(
  path: string,
  options: { readonly cwd?: string | undefined } = {},
): Promise<RuleComparison> {
  const cwd = resolve(options.cwd ?? ".");
  const file = resolve(cwd, path);
  const byFile = choice(file, await findSopsConfig(dirname(file)));
  const byCwd = choice(file, await findSopsConfig(cwd));
  const same = byFile.config?.file === byCwd.config?.file && byFile.rule?.index === byCwd.rule?.index;
  const difference = same
    ? undefined
    : `from the file's folder ${told(byFile)}; sops, run in ${cwd}, uses ${told(byCwd)}`;
  return { byFile, byCwd, difference };
}

function choice(file: string, config: SopsConfig | undefined): RuleChoice {
  return { config, rule: config && findRule(file, config) };
}

function told({ config, rule }: RuleChoice): string {
  if (config === undefined) return "no .sops.yaml";
  return rule === undefined
    ? `${config.file}, no rule of which matches`
    : `${config.file}, rule ${rule.index + 1} (line ${rule.line})`;
}
