import { isAbsolute, posix, relative, sep } from "node:path";
import { SopsError } from "../errors.ts";
import { compileRegex } from "../internal/regex.ts";
import type { CreationRule, SopsConfig } from "./creation-rule.ts";

/**
 * The creation rule of a path: the first whose `path_regex` is found in the path as seen from the folder of the
 * `.sops.yaml`. A rule without `path_regex` matches every path.
 *
 * An absolute path is seen from the folder of `config.file`. A relative path is, too, when `config.file` is absolute or
 * unset; when that is relative as well, both are relative to the same folder.
 *
 * A rule may name keys of other kinds than age, `namedKeys`: to encrypt for it, give `encrypt` their `masterKeys`.
 *
 * @throws {@link SopsError} `no-matching-creation-rule`; `invalid-config` when the rule that matches, or the pattern of
 * one before it, is broken.
 *
 * @example
 * import { generateIdentity, parseSopsConfig, ruleFor } from "@idstack/sops";
 * const { recipient } = await generateIdentity();
 * const config = parseSopsConfig(`creation_rules:\n  - path_regex: ^secrets/\n    age: ${recipient}\n`);
 * console.log(ruleFor("secrets/db.yaml", config).recipients.length); // 1
 */
export function ruleFor(path: string, config: SopsConfig): CreationRule {
  const rule = findRule(path, config);
  const { file } = config;
  if (rule === undefined) {
    const patterns = config.rules.map(({ pathRegex }) => pathRegex ?? "(any path)").join(", ");
    const seen = pathSeenFrom(path, file);
    const what = config.rules.length === 0 ? "there are no creation rules" : `tried ${patterns}`;
    throw new SopsError("no-matching-creation-rule", `no creation rule matches ${seen}: ${what}`, { file });
  }
  const problem = rule.problems.find(({ severity }) => severity === "error");
  if (problem !== undefined) {
    const { line, column, message, help } = problem;
    const hint = help === undefined ? "" : `. ${help}`;
    throw new SopsError("invalid-config", message + hint, { file, line, column, path: problem.path });
  }
  return rule;
}

/**
 * The creation rule of a path, or undefined when none matches; unlike {@link ruleFor} it takes rules with defects.
 *
 * @throws {@link SopsError} `invalid-config` when a pattern that must be tried is broken.
 */
export function findRule(path: string, config: SopsConfig): CreationRule | undefined {
  const seen = pathSeenFrom(path, config.file);
  return config.rules.find((rule) => {
    if (rule.pathRegex === undefined) return true;
    try {
      return compileRegex(rule.pathRegex, "path_regex")(seen);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : "path_regex is broken";
      throw new SopsError("invalid-config", message, { file: config.file, line: rule.line, cause });
    }
  });
}

/** The path a `path_regex` is tested against, with `/` on every platform. */
export function pathSeenFrom(path: string, configFile: string | undefined): string {
  if (isAbsolute(path)) {
    if (configFile === undefined || !isAbsolute(configFile)) {
      throw new TypeError("an absolute path needs a config whose file is absolute, too");
    }
    const inside = relative(posix.dirname(slashes(configFile)), path);
    // What lies outside keeps its absolute path, as in sops.
    return slashes(inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside);
  }
  const normal = posix.normalize(slashes(path));
  if (configFile === undefined || isAbsolute(configFile)) return normal;
  return posix.relative(posix.dirname(slashes(configFile)), normal);
}

function slashes(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}
