import { type Diagnostic, type KubeObject, validate } from "../../src/index.ts";
import type { Answer } from "../compare/ask-server.ts";
import { samePlace } from "../compare/places.ts";

/** What comes of asking both about a built-in object. */
export interface Judgement {
  readonly result: "both accept" | "both refuse" | "code decides" | "no answer" | "different";
  /** Of what code decides: what it says, without names and numbers of this object. */
  readonly rule?: string;
  readonly samePlace?: boolean | undefined;
  readonly errors: readonly Diagnostic[];
}

/**
 * What does not decode (400: unknown fields, wrong types) has to be refused by both, and what is accepted by both. Other
 * refusals (422, 403) are decisions of the server's code, of which we know some.
 */
export function judge(object: KubeObject, answer: Answer): Judgement {
  const errors = validate([object]).filter(({ severity }) => severity === "error");
  const refused = errors.length > 0;
  if (answer.accepted) return { result: refused ? "different" : "both accept", errors };
  // The server cannot work (a name that is no URL, a namespace that is not there): that says nothing about the object.
  if (answer.status >= 500 || answer.status === 404) return { result: "no answer", errors };
  // What code refuses has several names: those that this code has for what lacks a field, and of older versions.
  if (refused)
    return { result: "both refuse", errors, ...(answer.status === 400 && { samePlace: samePlace(answer, errors) }) };
  if (answer.status === 400 && !decidedBehindDecoding(answer)) return { result: "different", errors };
  return { result: "code decides", rule: ruleOf(object, answer), errors };
}

/** The request is refused for what it asks for, not for how it is written. */
function decidedBehindDecoding({ message }: Answer): boolean {
  return /does not match the (?:namespace|name)|must be unset|namespace (?:not allowed|should be)|no namespace on request|token is required/.test(
    message,
  );
}

function ruleOf({ kind }: KubeObject, { status, causes, message }: Answer): string {
  const [first] = causes;
  if (first === undefined) return `${kind} ${status} ${message.slice(0, 80)}`;
  return `${kind} ${first.field.replace(/\[[^\]]*\]/g, "[]")} ${first.reason.replace("FieldValue", "")}`;
}
