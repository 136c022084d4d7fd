import type { OtherKey } from "../metadata.ts";

/**
 * A key that lives outside and wraps data keys: a key service, a smart card, another program. Two methods, one each
 * way; everything else about SOPS files stays here.
 */
export interface MasterKey {
  /** The list in the `sops` block that such keys are kept in. */
  readonly kind: "kms" | "gcp_kms" | "hckms" | "azure_kv" | "hc_vault" | "pgp";
  /** The fields of an entry that say which key it is, with sops' names: `{ vault_address, engine_path, key_name }`. */
  readonly id: Readonly<Record<string, string>>;
  /** @returns What goes into `enc`. Throws when it cannot; the message is shown, so it must hold nothing secret. */
  wrap(dataKey: Uint8Array): Promise<string>;
  /** @returns The data key. Throws when it cannot; the message is shown. */
  unwrap(enc: string): Promise<Uint8Array>;
}

/** Whether an entry of a file is wrapped by a master key. */
export function isWrappedBy({ kind, fields }: OtherKey, key: MasterKey): boolean {
  return kind === key.kind && Object.entries(key.id).every(([name, value]) => fields[name] === value);
}

/** `hc_vault https://vault:8200 transit sops`: a master key as people know it. */
export function masterKeyName({ kind, id }: Pick<MasterKey, "kind" | "id">): string {
  return [kind, ...Object.values(id)].join(" ");
}
