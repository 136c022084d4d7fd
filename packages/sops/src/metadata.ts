import type { Selection } from "./selection.ts";

/** One recipient of a file, and the data key wrapped for it. */
export interface AgeKey {
  readonly recipient: string;
  /** An armored age file. */
  readonly enc: string;
}

/** A wrapped data key of a kind that is not age. */
export interface OtherKey {
  /** The list of the `sops` block it stands in: `pgp`, `kms`, `gcp_kms`, `azure_kv`, `hc_vault`, `hckms`. */
  readonly kind: string;
  readonly enc: string;
  /** Everything else of the entry, with sops' names. */
  readonly fields: Readonly<Record<string, string>>;
  /** Encryption context of AWS KMS. */
  readonly context?: Readonly<Record<string, string>> | undefined;
}

/** Keys of which any one opens the group's part of the data key: all of it when there is one group. */
export interface KeyGroup {
  readonly age: readonly AgeKey[];
  /** As in {@link SopsMetadata}. */
  readonly otherKeys: readonly string[];
  /** The same, entry by entry. */
  readonly others: readonly OtherKey[];
}

/** What the `sops` block of a file says. Nothing in it is secret. */
export interface SopsMetadata {
  /** Of all key groups. */
  readonly age: readonly AgeKey[];
  /** Names of keys of other kinds the file is wrapped for: `pgp`, `kms`, `gcp_kms`, `azure_kv`, `hc_vault`, `hckms`. */
  readonly otherKeys: readonly string[];
  /** Number of key groups; more than one means that several keys must be combined (Shamir). */
  readonly keyGroups: number;
  /** At least one. */
  readonly groups: readonly KeyGroup[];
  /** How many groups are needed; undefined with one group, or when the file does not say: then all are. */
  readonly shamirThreshold: number | undefined;
  readonly selection: Selection;
  readonly macOnlyEncrypted: boolean;
  /** RFC 3339, as it authenticates the MAC. */
  readonly lastModified: string;
  /** The encrypted MAC; undefined when the file has none. */
  readonly mac: string | undefined;
  /** Of the program that wrote the file. */
  readonly version: string;
}
