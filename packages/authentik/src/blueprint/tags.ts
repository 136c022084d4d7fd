/**
 * A custom tag of Authentik's blueprints, as plain data: `{ $tag: "!KeyOf", value: "provider-web" }`.
 *
 * Authentik resolves tags while it applies the blueprint. Make them with {@link keyOf}, {@link find}, {@link context},
 * {@link env}, {@link file} and {@link format}; any other tag can be written as such an object.
 */
export interface BlueprintTag {
  readonly $tag: `!${string}`;
  readonly value: BlueprintValue;
}

/** Whatever can stand in a blueprint. */
export type BlueprintValue =
  | string
  | number
  | boolean
  | null
  | BlueprintTag
  | readonly BlueprintValue[]
  | { readonly [key: string]: BlueprintValue };

/** `!KeyOf`: primary key of an earlier entry of the same blueprint, by its `id`; an error when there is none. */
export function keyOf(id: string): BlueprintTag {
  return { $tag: "!KeyOf", value: id };
}

/**
 * `!Find`: primary key of an existing object.
 *
 * Gives null, silently, when nothing matches, and the entry is then saved without the reference. Depend on the blueprint
 * that makes the object, as {@link blueprint} does for the default flows, or make the object in the same blueprint.
 *
 * @example
 * ```ts
 * import { find } from "@idstack/authentik";
 * const flow = find("authentik_flows.flow", { slug: "mine" });
 * console.log(flow.value); // [ 'authentik_flows.flow', [ 'slug', 'mine' ] ]
 * ```
 */
export function find(model: string, fields: Readonly<Record<string, BlueprintValue>>): BlueprintTag {
  return { $tag: "!Find", value: [model, ...Object.entries(fields)] };
}

/** `!Context`: a value of the blueprint's context. */
export function context(key: string, fallback?: BlueprintValue): BlueprintTag {
  return { $tag: "!Context", value: fallback === undefined ? key : [key, fallback] };
}

/** `!Env`: an environment variable of the worker, which keeps secrets out of the blueprint. */
export function env(name: string, fallback?: BlueprintValue): BlueprintTag {
  return { $tag: "!Env", value: fallback === undefined ? name : [name, fallback] };
}

/** `!File`: the text of a file in the worker, for example of a mounted Secret. */
export function file(path: string): BlueprintTag {
  return { $tag: "!File", value: path };
}

/** `!Format`: a text with `%s` for each value. */
export function format(template: string, ...values: readonly BlueprintValue[]): BlueprintTag {
  return { $tag: "!Format", value: [template, ...values] };
}

/** Whether a value is a tag. */
export function isTag(value: BlueprintValue): value is BlueprintTag {
  return typeof value === "object" && value !== null && "$tag" in value;
}
