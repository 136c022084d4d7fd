import type { BlueprintValue } from "./tags.ts";

/**
 * One object of a blueprint: found by its identifiers (all of them must match), created or updated with its attributes.
 *
 * Attributes that are not listed stay as they are. Removing an entry never deletes the object; `state: "absent"` does.
 */
export interface BlueprintEntry {
  /** `authentik_core.application`, `authentik_providers_proxy.proxyprovider` … */
  readonly model: string;
  /** Name by which later entries refer to it with {@link keyOf}. */
  readonly id?: string;
  readonly state?: "present" | "created" | "must_created" | "absent";
  readonly identifiers?: Readonly<Record<string, BlueprintValue>>;
  readonly attrs?: Readonly<Record<string, BlueprintValue>>;
  readonly conditions?: readonly BlueprintValue[];
}
