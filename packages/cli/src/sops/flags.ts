/** What a flag takes: nothing, a text, several (each time it is given), a number. */
export type FlagKind = "switch" | "text" | "list" | "number";

export interface Flag {
  /** As it is written, without dashes. */
  readonly name: string;
  readonly short?: string;
  readonly kind: FlagKind;
  /** How the help names the value. */
  readonly value?: string;
  readonly help: string;
  /** The variable sops reads where the flag is not given. */
  readonly env?: string;
}

/** What both grammars make of a command line; a flag that was not given is undefined. */
export interface SopsFlags {
  readonly inPlace?: boolean;
  readonly output?: string;
  readonly inputType?: string;
  readonly outputType?: string;
  readonly emit?: string;
  readonly indent?: string;
  readonly extract?: string;
  readonly ignoreMac?: boolean;
  readonly filenameOverride?: string;
  readonly config?: string;
  readonly age?: string;
  readonly addAge?: string;
  readonly rmAge?: string;
  readonly unencryptedSuffix?: string;
  readonly encryptedSuffix?: string;
  readonly unencryptedRegex?: string;
  readonly encryptedRegex?: string;
  readonly unencryptedCommentRegex?: string;
  readonly encryptedCommentRegex?: string;
  readonly macOnlyEncrypted?: boolean;
  readonly shamirSecretSharingThreshold?: string;
  readonly showMasterKeys?: boolean;
  readonly valueFile?: boolean;
  readonly valueStdin?: boolean;
  readonly idempotent?: boolean;
  readonly yes?: boolean;
  readonly decryptionOrder?: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
  readonly background?: boolean;
  readonly pristine?: boolean;
  readonly sameProcess?: boolean;
  readonly noFifo?: boolean;
  readonly filename?: string;
  readonly user?: string;
  /** Flags and variables with keys that are not age keys. */
  readonly otherKeys?: readonly string[];
}

const FORMATS = "yaml, json, dotenv, ini or binary";

/** Every flag the secrets commands share, named as sops 3.13 names it. */
const flags: readonly Flag[] = [
  { name: "in-place", short: "i", kind: "switch", help: "write the result back to the file instead of stdout" },
  { name: "output", kind: "text", value: "file", help: "write the result to this file instead of stdout" },
  {
    name: "input-type",
    kind: "text",
    value: "format",
    help: `${FORMATS}; by the extension of the file if left out`,
  },
  { name: "output-type", kind: "text", value: "format", help: `${FORMATS}; that of the input if left out` },
  {
    name: "emit",
    kind: "text",
    value: "layout",
    help: "sops: the layout sops 3.13 writes; source: that of the input, with its blank lines and quotes",
  },
  { name: "indent", kind: "text", value: "spaces", help: "indentation of YAML and JSON in the layout of sops" },
  {
    name: "extract",
    kind: "text",
    value: "path",
    help: `only the value at a path: '["db"]["ports"][0]'`,
  },
  { name: "ignore-mac", kind: "switch", help: "accept a file that was changed without its key" },
  {
    name: "filename-override",
    kind: "text",
    value: "path",
    help: "the path that decides about creation rule and formats, for stdin or another name",
  },
  {
    name: "config",
    kind: "text",
    value: "file",
    help: "this .sops.yaml instead of the one found upwards",
    env: "SOPS_CONFIG",
  },
  {
    name: "age",
    short: "a",
    kind: "text",
    value: "recipients",
    help: "age recipients, separated by commas, instead of those of the creation rule",
    env: "SOPS_AGE_RECIPIENTS",
  },
  { name: "add-age", kind: "text", value: "recipients", help: "age recipients to add, separated by commas" },
  { name: "rm-age", kind: "text", value: "recipients", help: "age recipients to remove, separated by commas" },
  { name: "unencrypted-suffix", kind: "text", value: "suffix", help: "leave keys with this suffix in the clear" },
  { name: "encrypted-suffix", kind: "text", value: "suffix", help: "encrypt only keys with this suffix" },
  { name: "unencrypted-regex", kind: "text", value: "re2", help: "leave keys that match in the clear" },
  { name: "encrypted-regex", kind: "text", value: "re2", help: "encrypt only keys that match" },
  {
    name: "unencrypted-comment-regex",
    kind: "text",
    value: "re2",
    help: "leave what follows a comment that matches in the clear",
  },
  {
    name: "encrypted-comment-regex",
    kind: "text",
    value: "re2",
    help: "encrypt only what follows a comment that matches",
  },
  { name: "mac-only-encrypted", kind: "switch", help: "let the MAC cover encrypted values only" },
  {
    name: "shamir-secret-sharing-threshold",
    kind: "text",
    value: "number",
    help: "how many key groups are needed to decrypt",
  },
  { name: "show-master-keys", short: "s", kind: "switch", help: "show the sops block in the editor" },
  { name: "value-file", kind: "switch", help: "the value argument is a file that holds the JSON value" },
  { name: "value-stdin", kind: "switch", help: "read the JSON value from stdin" },
  { name: "idempotent", kind: "switch", help: "leave the file alone when nothing changes" },
  { name: "background", kind: "switch", help: "do not wait for the command (deprecated)" },
  { name: "pristine", kind: "switch", help: "give the command the secrets as its environment and nothing else" },
  { name: "same-process", kind: "switch", help: "become the command instead of starting it" },
  { name: "filename", kind: "text", value: "name", help: "name of the temporary file; tmp-file if left out" },
  { name: "user", kind: "text", value: "name", help: "run the command as this user, which takes root" },
  { name: "yes", short: "y", kind: "switch", help: "do not ask" },
  {
    name: "decryption-order",
    kind: "text",
    value: "kinds",
    help: "kinds of keys in the order they are tried, separated by commas",
    env: "SOPS_DECRYPTION_ORDER",
  },
  { name: "verbose", kind: "switch", help: "say more on stderr" },
];

const byName = new Map(flags.map((flag) => [flag.name, flag]));

/** The flag of this name. */
export function flagNamed(name: string): Flag {
  const flag = byName.get(name);
  if (flag === undefined) throw new TypeError(`there is no shared flag ${name}`);
  return flag;
}
