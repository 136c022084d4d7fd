import type { Diagnostic } from "../diagnostic.ts";
import type { NamedKey } from "../keys/named-key.ts";
import type { Selection } from "../selection.ts";
import type { DestinationRule } from "./destination-rule.ts";

/** One creation rule of a `.sops.yaml`. It can be given to `encrypt` as its options. */
export interface CreationRule extends Selection {
  /** Position in `creation_rules`, from 0. */
  readonly index: number;
  /** 1-based, in the `.sops.yaml`. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** Unset: the rule matches every path. */
  readonly pathRegex?: string | undefined;
  /** Where the pattern stands. */
  readonly pathRegexAt?: { readonly line: number; readonly column: number } | undefined;
  /** age recipients of all key groups, in order, without duplicates. */
  readonly recipients: readonly string[];
  /** Recipients by key group, when the rule has several groups. */
  readonly keyGroups?: readonly (readonly string[])[] | undefined;
  /** How many of the groups are needed. Unset: all. */
  readonly shamirThreshold?: number | undefined;
  readonly macOnlyEncrypted?: boolean | undefined;
  /**
   * Kinds of keys of the rule that are not age keys: `pgp`, `kms`, `gcp_kms`, `azure_kv`, `hc_vault`, `hckms`. Encrypting
   * for them needs a `MasterKey` for each of `namedKeys`.
   */
  readonly otherKeys: readonly string[];
  /** These keys, by key group: as many lists as there are groups. Unset when there are none. */
  readonly namedKeys?: readonly (readonly NamedKey[])[] | undefined;
  /** What is wrong with the rule; with an error it cannot be used. */
  readonly problems: readonly Diagnostic[];
}

/** A parsed `.sops.yaml`. */
export interface SopsConfig {
  /** As given; paths looked up are seen from its folder. */
  readonly file?: string | undefined;
  readonly rules: readonly CreationRule[];
  /** For `sops publish`. */
  readonly destinations?: readonly DestinationRule[] | undefined;
  /** Of the whole file, those of the rules included. */
  readonly diagnostics: readonly Diagnostic[];
  /** Spaces of indentation by store, `yaml`, `json` and `json_binary`, where `stores` names them. */
  readonly indents?: Readonly<Record<string, number>> | undefined;
}
