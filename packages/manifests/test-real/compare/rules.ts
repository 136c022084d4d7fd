import type { CustomKind, LocatedRule } from "../generate/custom-kinds.ts";
import type { Answer, Cause } from "./ask-server.ts";

/** The CEL rules because of which the server refuses, if it does so for nothing else. */
export function decidingRules({ status, causes }: Answer, kind: CustomKind): readonly LocatedRule[] | undefined {
  if (status !== 422 || causes.length === 0) return undefined;
  const found = causes.map((cause) => kind.rules.find((rule) => saysSo(cause, rule)));
  return found.every((rule) => rule !== undefined) ? found : undefined;
}

function saysSo({ message, field }: Cause, { rule, message: words, messageExpression, at }: LocatedRule): boolean {
  if (messageExpression !== undefined) return schemaPath(field) === at && !message.includes(" in body ");
  return message.endsWith(words === undefined ? `failed rule: ${rule.trim()}` : words.trim());
}

/** `spec.rules[0].name` as `spec.rules[].name`. */
function schemaPath(field: string): string {
  return field.replace(/\[\d+\]/g, "[]");
}

/** What the server checks besides the schema, in code: the replicas of a scale subresource are an int32. */
export function decidedInCode({ status, causes }: Answer): boolean {
  const scale = /should be (?:less than or equal to 2147483647|a non-negative integer)$/;
  return (
    status === 422 &&
    causes.length > 0 &&
    causes.every(({ field, message }) => field.startsWith(".") && scale.test(message))
  );
}
