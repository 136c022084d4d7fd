/** One place where `idstack-sops` deliberately does something else. */
export interface Exception {
  readonly what: string;
  /** What sops 3.13.3 does. */
  readonly sops: string;
  readonly here: string;
}

/** All such places, by the name that cases use; the README has them as a table. */
export const exceptions = {
  "invalid-pattern": {
    what: "a selection that is no RE2 pattern",
    sops: "writes every value in plaintext, status 0",
    here: "refused, 1",
  },
  "damaged-json": {
    what: "JSON that is cut off, or goes on after its end",
    sops: "encrypts what it could read, drops the rest, status 0",
    here: "refused, 2",
  },
  "unknown-field": {
    what: "a rule with a field that does not exist (`path_regexp`)",
    sops: "ignored: the rule then holds for every file",
    here: "nothing is encrypted, 1",
  },
  "encrypted-twice": {
    what: "an encrypted file that is to be encrypted as binary",
    sops: "encrypted once more",
    here: "refused, 203",
  },
  panics: {
    what: 'key paths for which sops crashes: `["list"]["a"]`, `["list"][-1]`, `[]`, an empty one',
    sops: "Go's stack on stderr, 2",
    here: "a message; 1, 7 or 91",
  },
  "index-of-mapping": {
    what: "an index where there is a mapping",
    sops: "`--extract` prints an item of the inner tree, `set` does nothing, status 0",
    here: "refused; 1 or 7",
  },
  "set-list": { what: "`set` with a list", sops: "refused, 7", here: "sets it" },
  "idempotent-unset": {
    what: "`unset --idempotent` below a string or number",
    sops: "fails, 1",
    here: "nothing to do, 0",
  },
  "config-unread": {
    what: "decrypting beside a `.sops.yaml` that is no YAML",
    sops: "fails, 1",
    here: "needs no configuration",
  },
  "filestatus-damaged": {
    what: "`filestatus` of metadata that says nothing",
    sops: "fails, 1",
    here: '`{"encrypted":false}`',
  },
  "empty-group": { what: "a file whose only key group is empty", sops: "128", here: "1" },
  "recipient-once": { what: "a recipient that is named twice", sops: "is there twice", here: "is there once" },
  "binary-suffix": {
    what: "a binary file that is changed",
    sops: "its metadata gets an `unencrypted_suffix`, which means nothing there",
    here: "does not",
  },
  "flat-null": { what: "null as dotenv or INI", sops: "`<nil>`", here: "refused, 4" },
  "list-as-ini": { what: "`--extract` of a list as INI", sops: "JSON", here: "refused, 4" },
  "edit-format": {
    what: "`edit --output-type`: what the editor shows",
    sops: "the other format, read back as the file's own",
    here: "the file's own format",
  },
  "own-example": { what: "what `edit` puts into a new file", sops: "its example", here: "ours" },
  "no-exit-line": {
    what: "a command of `exec-env` or `exec-file` that fails",
    sops: "its status, and `exit status 7` on stderr",
    here: "its status",
  },
  "help-on-stderr": { what: "wrong usage", sops: "help on stdout", here: "a line on stderr, nothing on stdout" },
  dash: { what: "`-` as the file", sops: "a file of that name, 100 without it", here: "stdin" },
  "no-log": { what: "`--verbose`", sops: "a log on stderr", here: "accepted, nothing more to tell" },
  "own-version": { what: "`--version`", sops: "`sops 3.13.3`", here: "the same with idstack's own version" },
  "other-keys": { what: "keys that are not age keys", sops: "used", here: "refused, 1; nothing is written" },
  "edits-lost": {
    what: "`edit --show-master-keys`",
    sops: "shows the `sops` block, and loses every change made in the editor, status 0",
    here: "refused, 1",
  },
  "left-to-sops": {
    what: "`publish`, `keyservice`, `groups`, `completion`",
    sops: "has them",
    here: "refused, 1",
  },
} as const satisfies Readonly<Record<string, Exception>>;

export type ExceptionName = keyof typeof exceptions;

/** The row of the README. */
export function rowOf({ what, sops, here }: Exception): string {
  return `| ${what} | ${sops} | ${here} |`;
}
