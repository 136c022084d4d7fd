import type { KubeObject } from "../../src/index.ts";
import { type Diagnostic, schemasOf, validate } from "../../src/index.ts";
import type { CustomKind, LocatedRule } from "../generate/custom-kinds.ts";
import type { Answer } from "./ask-server.ts";
import { samePlace } from "./places.ts";
import { decidedInCode, decidingRules } from "./rules.ts";

/** What comes of asking both about one object. */
export interface Outcome {
  readonly result: "both accept" | "both refuse" | "a rule decides" | "code decides" | "different";
  readonly rules: readonly LocatedRule[];
  /** Whether both name the same place; `undefined` where the server names none. */
  readonly samePlace?: boolean | undefined;
  readonly errors: readonly Diagnostic[];
}

/**
 * Compares the server's answer with ours.
 *
 * @param definitions - Of kinds that are not recorded.
 */
export function compare(
  object: KubeObject,
  answer: Answer,
  kind: CustomKind,
  definitions: readonly KubeObject[] = [],
): Outcome {
  const schemas = definitions.length === 0 ? undefined : schemasOf(definitions);
  const errors = validate([object], { schemas }).filter(({ severity }) => severity === "error");
  if (answer.accepted || errors.length > 0) {
    if (answer.accepted !== (errors.length === 0)) return { result: "different", rules: [], errors };
    if (answer.accepted) return { result: "both accept", rules: [], errors };
    const rules = decidingRules(answer, kind);
    // What only a rule refuses is refused by us for another reason: wrongly.
    if (rules !== undefined) return { result: "different", rules, errors };
    return { result: "both refuse", rules: [], errors, samePlace: samePlace(answer, errors) };
  }
  const rules = decidingRules(answer, kind);
  if (rules !== undefined) return { result: "a rule decides", rules, errors };
  return { result: decidedInCode(answer) ? "code decides" : "different", rules: [], errors };
}

/** Both sides of a difference, on a few lines. */
export function describeDifference(object: KubeObject, answer: Answer, { errors }: Pick<Outcome, "errors">): string {
  const ours = errors.map(({ code, path, message }) => `${code} ${path}: ${message}`).join("; ");
  const theirs = answer.accepted ? "accepts" : `${answer.status} ${answer.message}`;
  return `${object.kind} (${object.apiVersion})\n  server: ${theirs}\n  ours: ${ours || "accepts"}\n  ${JSON.stringify(object).slice(0, 1500)}`;
}
