import type { OtherKey } from "../metadata.ts";
import type { MasterKey } from "./master-key.ts";

/** A key of another kind than age that a creation rule names. A {@link MasterKey} that is the same one wraps for it. */
export interface NamedKey {
  readonly kind: MasterKey["kind"];
  /** What says which key it is, with the names of the `sops` block: `{ arn, role }`, `{ fp }`. */
  readonly id: Readonly<Record<string, string>>;
  /** Encryption context of AWS KMS. */
  readonly context?: Readonly<Record<string, string>> | undefined;
}

/** The master key that a rule means: all that both of them say must agree, and they must agree on something. */
export function masterKeyFor(named: NamedKey, masterKeys: readonly MasterKey[]): MasterKey | undefined {
  return masterKeys.find(({ kind, id }) => kind === named.kind && agrees(id, named.id));
}

/** The entry of a file for a named key. */
export function entryFor(named: NamedKey, entries: readonly OtherKey[]): OtherKey | undefined {
  return entries.find(({ kind, fields }) => kind === named.kind && agrees(named.id, fields));
}

/** Whether two names mean the same key: all that both of them say agrees. */
export function isSameKey(a: NamedKey, b: NamedKey): boolean {
  return a.kind === b.kind && agrees(a.id, b.id);
}

/** The key an entry of a file is of. */
export function namedKeyOf({ kind, fields, context }: OtherKey): NamedKey {
  const { created_at: _, ...id } = fields;
  return { kind: kind as NamedKey["kind"], id, context };
}

/** The order in which people read the fields of a key; files have them by name. */
const ORDER = ["vault_address", "engine_path", "key_name", "vaultUrl", "key", "version", "arn", "role", "aws_profile"];

/** `hc_vault https://vault:8200 transit sops`: a key as people know it. */
export function keyName({ kind, id }: Pick<NamedKey, "kind" | "id">): string {
  const fields = Object.entries(id).sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return [kind, ...fields.map(([, value]) => value)].join(" ");
}

function agrees(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const shared = Object.keys(a).filter((name) => b[name] !== undefined);
  return shared.length > 0 && shared.every((name) => a[name] === b[name]);
}
