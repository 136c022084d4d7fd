import { recipientKey } from "../age/recipients.ts";
import type { OtherKey, SopsMetadata } from "../metadata.ts";

/** Recipients by group, with what tells two of them apart. */
export interface Shape {
  readonly groups: readonly { readonly age: readonly string[]; readonly others: readonly string[] }[];
  readonly threshold: number | undefined;
}

export function shape({ groups, shamirThreshold }: SopsMetadata): Shape {
  return {
    groups: groups.map(({ age, others }) => ({
      age: [...new Set(age.map(({ recipient }) => recipientKey(recipient)))].sort(),
      others: others.map(otherName).sort(),
    })),
    threshold: groups.length > 1 ? (shamirThreshold ?? groups.length) : undefined,
  };
}

export function otherName({ kind, fields }: OtherKey): string {
  const { created_at: _, ...id } = fields;
  return JSON.stringify([kind, Object.entries(id).sort()]);
}
