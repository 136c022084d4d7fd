import { groupsOf, type KeyGroupOptions } from "../keys/key-groups.ts";
import type { NamedKey } from "../keys/named-key.ts";

/** `key_groups` of a `.sops.yaml` for recipients and keys of every kind. */
export function keyGroupConfig(options: KeyGroupOptions): Record<string, unknown>[] {
  return groupsOf(options).map((age, index) => {
    const group: Record<string, unknown[]> = { age: [...age] };
    for (const key of options.namedKeys?.[index] ?? []) {
      const [field, value] = fieldOf(key);
      group[field] = [...(group[field] ?? []), value];
    }
    return group;
  });
}

function fieldOf({ kind, id, context }: NamedKey): readonly [string, unknown] {
  switch (kind) {
    case "pgp":
      return ["pgp", id["fp"]];
    case "hc_vault":
      return ["hc_vault", `${id["vault_address"]}/v1/${id["engine_path"]}/keys/${id["key_name"]}`];
    case "azure_kv":
      return ["azure_keyvault", { ...id }];
    case "kms":
      return ["kms", { ...id, ...(context === undefined ? {} : { context: { ...context } }) }];
    default:
      return [kind, { ...id }];
  }
}
