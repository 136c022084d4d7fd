import type { Diagnostic } from "../diagnostic.ts";
import { compileRegex, regexProblem } from "../internal/regex.ts";
import type { CreationRule, SopsConfig } from "./creation-rule.ts";
import { parseSopsConfig } from "./parse-sops-config.ts";
import { pathSeenFrom } from "./rule-for.ts";

export interface LintOptions {
  readonly file?: string | undefined;
  /**
   * The files of the repository, as `ruleFor` takes paths. With them, rules that select none of the files are found;
   * without, only those that could not select any.
   */
  readonly paths?: readonly string[] | undefined;
}

/**
 * Looks for defects in a `.sops.yaml`: all that `parseSopsConfig` reports, and rules that do not do what they seem to.
 *
 * | code | finding |
 * | --- | --- |
 * | `sops/config-shadowed-rule` | an earlier rule takes every path of the rule |
 * | `sops/config-rule-never-matches` | no path can match, or none of `paths` does |
 * | `sops/config-windows-separator` | the pattern wants `\`, which sops sees on Windows only |
 *
 * @example
 * import { generateIdentity, lintSopsConfig } from "@idstack/sops";
 * const { recipient } = await generateIdentity();
 * const text = `creation_rules:\n  - age: ${recipient}\n  - path_regex: ^secrets/\n    age: ${recipient}\n`;
 * for (const { line, message } of lintSopsConfig(text)) console.log(`${line}: ${message}`);
 * // 3: the rule is never used: rule 1 (line 2) matches every path
 */
export function lintSopsConfig(text: string, options: LintOptions = {}): readonly Diagnostic[] {
  const config = parseSopsConfig(text, { file: options.file });
  const found = [...config.diagnostics];
  const matched = options.paths === undefined ? undefined : matches(config, options.paths);
  for (const rule of config.rules) {
    found.push(...separator(rule, config));
    const unused = shadow(rule, config) ?? impossible(rule, config) ?? (matched && idle(rule, config, matched));
    if (unused !== undefined) found.push(unused);
  }
  return found.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** The rules that match each path, in order; those whose pattern is broken match nothing. */
function matches(config: SopsConfig, paths: readonly string[]): readonly (readonly CreationRule[])[] {
  const tests = config.rules.flatMap((rule) => {
    const pattern = rule.pathRegex;
    if (pattern === undefined) return [{ rule, test: () => true }];
    return regexProblem(pattern) === undefined ? [{ rule, test: compileRegex(pattern, "path_regex") }] : [];
  });
  return paths.map((path) => {
    const seen = pathSeenFrom(path, config.file);
    return tests.filter(({ test }) => test(seen)).map(({ rule }) => rule);
  });
}

function shadow(rule: CreationRule, config: SopsConfig): Diagnostic | undefined {
  const before = config.rules.slice(0, rule.index);
  const first = before.find(({ pathRegex }) => pathRegex === undefined || pathRegex === rule.pathRegex);
  if (first === undefined) return undefined;
  const why = first.pathRegex === undefined ? "matches every path" : "has the same path_regex";
  return report(
    "shadowed-rule",
    `the rule is never used: ${named(first)} ${why}`,
    rule,
    config,
    "Put it before that rule, or remove it.",
  );
}

/** Patterns that no path can match: it is seen from the folder of the `.sops.yaml`, without `/` or `./` in front. */
function impossible(rule: CreationRule, config: SopsConfig): Diagnostic | undefined {
  const start = /^\^(?:\\?\.)?\//.exec(rule.pathRegex ?? "")?.[0];
  if (start === undefined || /\|/.test(rule.pathRegex ?? "")) return undefined;
  const message = `the rule matches no file beside or below the .sops.yaml: their paths do not begin with ${start.slice(1).replace("\\", "")}`;
  return report(
    "rule-never-matches",
    message,
    rule,
    config,
    `Begin the pattern with ^ and the first folder, without ${start.slice(1)}.`,
  );
}

function idle(
  rule: CreationRule,
  config: SopsConfig,
  matched: readonly (readonly CreationRule[])[],
): Diagnostic | undefined {
  const own = matched.filter((rules) => rules.includes(rule));
  if (own.some(([first]) => first === rule)) return undefined;
  if (own.length === 0) {
    return report(
      "rule-never-matches",
      "the rule matches none of the files",
      rule,
      config,
      "Check its path_regex: it is tested against the path from the folder of the .sops.yaml.",
    );
  }
  const takers = [...new Set(own.flatMap(([first]) => (first === undefined ? [] : [named(first)])))];
  const message = `the rule is never used: ${takers.join(" and ")} ${takers.length === 1 ? "takes" : "take"} every file it matches`;
  return report("shadowed-rule", message, rule, config, "Put it before, or remove it.");
}

function separator(rule: CreationRule, config: SopsConfig): Diagnostic[] {
  // `[/\\]` says both on purpose.
  const pattern = (rule.pathRegex ?? "").replace(/\[[^\]]*\/[^\]]*\]/g, "");
  if (!pattern.includes("\\\\")) return [];
  const message = "path_regex wants a backslash, which only sops on Windows has in its paths";
  return [report("windows-separator", message, rule, config, "Write [/\\\\] for a separator on every system.")];
}

function named({ index, line }: CreationRule): string {
  return `rule ${index + 1} (line ${line})`;
}

function report(code: string, message: string, rule: CreationRule, config: SopsConfig, help: string): Diagnostic {
  const { line, column } = rule.pathRegexAt ?? rule;
  const path = `creation_rules[${rule.index}]${rule.pathRegexAt === undefined ? "" : ".path_regex"}`;
  return { code: `sops/config-${code}`, severity: "warning", message, file: config.file, line, column, path, help };
}
