import type { CompactSchema } from "@idstack/schemas";
import type { Path, Severity } from "../diagnostic.ts";
import type { SchemaCode } from "./codes.ts";
import { show } from "./describe.ts";

/** What a check found, before it is given a position. */
export interface Problem {
  readonly code: SchemaCode;
  readonly path: Path;
  readonly message: string;
  readonly help: string;
  /** `error` unless said otherwise. */
  readonly severity?: Severity;
  /** Which half of a mapping entry is wrong; `value` unless said otherwise. */
  readonly part?: "key" | "value";
}

/** State of one walk over an object. */
export interface Scope {
  /** The whole check, for values inside of others. */
  readonly check: (value: unknown, schema: CompactSchema, scope: Scope) => void;
  readonly definitions: { readonly [name: string]: CompactSchema };
  readonly problems: Problem[];
  readonly kind: string;
  /** Where the walk is; copied into each problem. */
  readonly path: (string | number)[];
  /** Built into Kubernetes, not a custom resource: decoded into Go types, which differs in a few points. */
  readonly native: boolean;
  /** A patch leaves out what it does not change. */
  readonly patch: boolean;
  /** `ENC[...]` stands for a value of any type. */
  readonly encrypted: boolean;
  /** Fields at the root whose values must not show up in a message, `"all"` of them where SOPS is to encrypt it. */
  readonly secret: readonly string[] | "all";
}

export function report(scope: Scope, problem: Omit<Problem, "path"> & { readonly at?: string | number }): void {
  const { at, ...rest } = problem;
  scope.problems.push({ ...rest, path: at === undefined ? [...scope.path] : [...scope.path, at] });
}

/** What messages say instead of a value that is a secret. */
export const hidden = "the value";

/** A value for a message, unless it is secret. */
export function shown(value: unknown, { secret, path }: Scope): string {
  return secret === "all" || secret.includes(String(path[0])) ? hidden : show(value);
}

/** Follows `$ref`s to the schema they mean. */
export function resolveRef(reference: CompactSchema, scope: Scope): CompactSchema {
  let schema = reference;
  while (schema.$ref !== undefined) {
    const name = schema.$ref.slice("#/definitions/".length);
    const target = scope.definitions[name];
    if (target === undefined) throw new Error(`@idstack/schemas is incomplete: no definition ${name}`);
    schema = target;
  }
  return schema;
}
