/**
 * Where `idstack-sops` deliberately does something else than sops 3.13.3, by the name that cases use. The README lists
 * the same.
 */
export const exceptions = {
  "invalid-pattern":
    "a selection that is no RE2 pattern is refused; sops writes every value in plain text and exits with 0",
  "damaged-json":
    "JSON that is cut off, or followed by something else, is refused; sops encrypts what it could read of it, drops the rest and exits with 0",
  "other-keys": "PGP, cloud and Vault keys are not used: the message names the exec backend",
  panics:
    "where sops panics (exit status 2 and a Go stack), the key path is refused with a message: 1, or that of a path that cannot be read",
  "index-of-mapping":
    "an index where the path meets a mapping is refused; `--extract` of sops prints an item of its own tree, `set` writes the file without the value",
  "recipient-once": "a recipient that is added twice is there once",
  "help-on-stderr": "wrong usage prints nothing on stdout; sops prints its help there",
  "no-log": "`--verbose` has nothing more to tell",
  "own-version": "`--version` names idstack beside the version of sops",
  "left-to-sops":
    "publish, key services, groups, completion and `--show-master-keys` end with 1 and name the exec backend",
  "encrypted-twice": "an encrypted binary file is not encrypted once more",
  "set-list": "`set` takes lists, too",
  "idempotent-unset": "`unset --idempotent` below a value that is neither mapping nor list does nothing; sops fails",
  "binary-suffix": "binary files that are written anew get no `unencrypted_suffix`: it means nothing there",
  "flat-null": "null has no place in an environment or INI file; sops prints `<nil>`",
  "list-as-ini": "`--extract` prints no list as INI, which has none; sops prints JSON",
  "config-unread": "decrypting needs no configuration: one that is no YAML is no failure",
  "unknown-field":
    "a rule with a field that nobody knows (`path_regexp`) encrypts nothing; sops takes the rule for every file",
  "edit-format": "the editor of `edit --output-type` shows the format of the file",
  "own-example": "the text with which a new file begins is our own",
  "no-exit-line": "`exec-env` and `exec-file` pass the exit status on without a line about it",
  "filestatus-damaged": "`filestatus` takes metadata that means nothing for none; sops fails",
  "empty-group": "a group without keys ends with 1, as no group does; sops has 128 for it",
} as const satisfies Readonly<Record<string, string>>;

export type ExceptionName = keyof typeof exceptions;
