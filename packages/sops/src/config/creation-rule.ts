import type { Diagnostic } from "../diagnostic.ts";
import type { Selection } from "../selection.ts";

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
  /** Key types of the rule that this package cannot encrypt for: `pgp`, `kms`, … */
  readonly otherKeys: readonly string[];
  /** What is wrong with the rule; with an error it cannot be used. */
  readonly problems: readonly Diagnostic[];
}

/** A parsed `.sops.yaml`. */
export interface SopsConfig {
  /** As given; paths looked up are seen from its folder. */
  readonly file?: string | undefined;
  readonly rules: readonly CreationRule[];
  /** Of the whole file, those of the rules included. */
  readonly diagnostics: readonly Diagnostic[];
  /** Spaces of indentation by store, `yaml`, `json` and `json_binary`, where `stores` names them. */
  readonly indents?: Readonly<Record<string, number>> | undefined;
}
