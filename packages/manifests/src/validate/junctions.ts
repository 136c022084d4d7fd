import type { CompactSchema } from "@idstack/schemas";
import { isMapping } from "../internal/plain.ts";
import { orList } from "./describe.ts";
import { type Problem, report, resolveRef, type Scope } from "./problem.ts";

/** `allOf`, `anyOf`, `oneOf` and `not`: in structural schemas they constrain values and name no new fields. */
export function checkJunctions(value: unknown, schema: CompactSchema, scope: Scope): void {
  const { allOf, anyOf, oneOf, not } = schema;
  if (allOf === undefined && anyOf === undefined && oneOf === undefined && not === undefined) return;
  // A patch leaves out what the alternatives ask for.
  if (scope.patch) return;
  const filled = withDefaults(value, schema, scope);
  for (const branch of allOf ?? []) scope.problems.push(...problemsOf(filled, branch, scope));
  if (anyOf !== undefined) reportAnyOf(filled, anyOf, scope);
  if (oneOf !== undefined) reportOneOf(filled, oneOf, scope);
  if (not !== undefined && problemsOf(filled, not, scope).length === 0) {
    const fields = fieldsOf(not);
    const message =
      fields === undefined ? "this combination of values is forbidden" : `${fields.join(" and ")} must not be set here`;
    report(scope, { code: "alternatives", message, help: "Remove what must not be set together." });
  }
}

function reportAnyOf(value: unknown, branches: readonly CompactSchema[], scope: Scope): void {
  const found = branches.map((branch) => problemsOf(value, branch, scope));
  if (!found.some((problems) => problems.length === 0)) reportNone("at least one of", branches, found, scope);
}

function reportOneOf(value: unknown, branches: readonly CompactSchema[], scope: Scope): void {
  const found = branches.map((branch) => problemsOf(value, branch, scope));
  const matching = branches.filter((_, index) => found[index]?.length === 0);
  if (matching.length === 1) return;
  if (matching.length === 0) {
    reportNone("exactly one of", branches, found, scope);
    return;
  }
  const fields = matching.map(fieldsOf);
  const named = fields.every((names) => names !== undefined);
  report(scope, {
    code: "alternatives",
    message: named
      ? `${fields.map((names) => names?.join("+")).join(" and ")} exclude each other: only one of them may be set`
      : `matches ${matching.length} of ${branches.length} forms that exclude each other`,
    help: "Keep one of them.",
  });
}

function reportNone(
  amount: string,
  branches: readonly CompactSchema[],
  found: readonly (readonly Problem[])[],
  scope: Scope,
): void {
  const fields = branches.map(fieldsOf);
  if (fields.every((names) => names !== undefined)) {
    const names = orList(fields.map((group) => group?.join(" with ") ?? ""));
    report(scope, { code: "alternatives", message: `${amount} ${names} must be set`, help: "Set one of them." });
    return;
  }
  const [nearest] = [...found].sort((a, b) => a.length - b.length);
  const reason = nearest?.[0]?.message;
  report(scope, {
    code: "alternatives",
    message: `matches none of ${branches.length} allowed forms${reason === undefined ? "" : `; the nearest: ${reason}`}`,
    help: nearest?.[0]?.help ?? "Use one of the allowed forms.",
  });
}

function problemsOf(value: unknown, branch: CompactSchema, scope: Scope): Problem[] {
  const problems: Problem[] = [];
  scope.check(value, branch, { ...scope, problems, path: [...scope.path] });
  return problems;
}

/** The names a branch asks for if that is all it says. */
function fieldsOf(branch: CompactSchema): readonly string[] | undefined {
  const { required, anyOf, ...rest } = branch;
  const onlyNames = Object.entries(rest).every(
    ([keyword, value]) => keyword === "type" || (keyword === "properties" && isEmpty(value)),
  );
  if (!onlyNames) return undefined;
  if (required !== undefined) return required;
  const nested = anyOf?.map(fieldsOf);
  return nested?.every((names) => names !== undefined) ? nested.flatMap((names) => names ?? []) : undefined;
}

function isEmpty(properties: unknown): boolean {
  return (
    isMapping(properties) &&
    Object.values(properties).every((value) => isMapping(value) && Object.keys(value).length === 0)
  );
}

/** The server fills in the defaults of custom resources before it looks at alternatives. */
function withDefaults(value: unknown, schema: CompactSchema, scope: Scope): unknown {
  if (scope.native || !isMapping(value)) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [name, reference] of Object.entries(schema.properties ?? {})) {
    const { default: preset } = resolveRef(reference, scope);
    if (preset !== undefined && (filled[name] === undefined || filled[name] === null)) filled[name] = preset;
    else if (filled[name] === null) delete filled[name];
  }
  return filled;
}
