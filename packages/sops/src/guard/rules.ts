import { posix } from "node:path";
import type { CreationRule, SopsConfig } from "../config/creation-rule.ts";
import { pathSeenFrom } from "../config/rule-for.ts";
import { SopsError } from "../errors.ts";
import { compileRegex } from "../internal/regex.ts";
import { type Selector, selectorOf } from "../internal/selector.ts";

/** What a `.sops.yaml` says about a path. */
export interface Ruling {
  readonly rule?: CreationRule | undefined;
  /** The rule tells which files hold secrets, and does not match every path. */
  readonly specific: boolean;
  /** Its pattern speaks of secrets and not only of a folder. */
  readonly pointed: boolean;
  /** Undefined when what the rule would encrypt is unknown, because it is broken. */
  readonly selector?: Selector | undefined;
  /** Why no rule could be found. */
  readonly problem?: string | undefined;
}

const NONE: Ruling = { specific: false, pointed: false };
/** `.*`, `\.yaml$`, or no pattern at all: such a rule is about how, not about which files. */
const PROBES = ["kustomization.yaml", "apps/zz-probe/deployment.yaml", "a/b/c/README.yaml"];
const POINTED = /sops|\benc|[._-]enc|secret|cred|vault|passw|token|keys?\b|\benv|\.env|private|\bage\b/i;

/** Finds creation rules for many paths; every pattern is compiled once. */
export class Rules {
  readonly #configs: ReadonlyMap<string, SopsConfig>;
  readonly #given: SopsConfig | undefined;
  readonly #rulings = new Map<CreationRule, Ruling>();
  readonly #patterns = new Map<CreationRule, (path: string) => boolean>();

  constructor(configs: readonly SopsConfig[], given?: SopsConfig) {
    this.#configs = new Map(configs.map((config) => [posix.dirname(config.file ?? ""), config]));
    this.#given = given;
  }

  of(path: string): Ruling {
    const config = this.#given ?? this.#nearest(path);
    if (config === undefined) return NONE;
    try {
      const seen = pathSeenFrom(path, config.file);
      const rule = config.rules.find((each) => this.#matches(each, seen));
      return rule === undefined ? NONE : this.#ruling(rule);
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
      const reported = config.diagnostics.some(({ severity }) => severity === "error");
      return reported ? NONE : { ...NONE, problem: error.message };
    }
  }

  #nearest(path: string): SopsConfig | undefined {
    for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
      const config = this.#configs.get(folder);
      if (config !== undefined || folder === posix.dirname(folder)) return config;
    }
  }

  #matches(rule: CreationRule, seen: string): boolean {
    if (rule.pathRegex === undefined) return true;
    const known = this.#patterns.get(rule);
    const matches = known ?? compileRegex(rule.pathRegex, "path_regex");
    if (known === undefined) this.#patterns.set(rule, matches);
    return matches(seen);
  }

  #ruling(rule: CreationRule): Ruling {
    const known = this.#rulings.get(rule);
    if (known !== undefined) return known;
    const ruling = {
      rule,
      specific: !PROBES.every((probe) => this.#matches(rule, probe)),
      pointed: POINTED.test(rule.pathRegex ?? ""),
      selector: selectorFor(rule),
    };
    this.#rulings.set(rule, ruling);
    return ruling;
  }
}

function selectorFor(rule: CreationRule): Selector | undefined {
  try {
    return selectorOf(rule);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    return undefined;
  }
}
