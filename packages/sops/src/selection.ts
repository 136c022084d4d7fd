/**
 * Which values of a file are encrypted. At most one may be set; none means `unencryptedSuffix: "_unencrypted"`.
 *
 * Suffixes and patterns are tested against every key on the way to a value, and one hit decides. Patterns have RE2
 * syntax and are not anchored: `^(data|stringData)$` is the usual one for Kubernetes Secrets.
 */
export interface Selection {
  readonly unencryptedSuffix?: string | undefined;
  readonly encryptedSuffix?: string | undefined;
  readonly unencryptedRegex?: string | undefined;
  readonly encryptedRegex?: string | undefined;
  /** A comment that matches leaves the next value, and all below it, in the clear. */
  readonly unencryptedCommentRegex?: string | undefined;
  /** A comment that matches encrypts the next value and all below it, and nothing else is encrypted. */
  readonly encryptedCommentRegex?: string | undefined;
}

/** The options of {@link Selection} and the names they have in a SOPS file. */
export const SELECTION_FIELDS: readonly (readonly [keyof Selection, string])[] = [
  ["unencryptedSuffix", "unencrypted_suffix"],
  ["encryptedSuffix", "encrypted_suffix"],
  ["unencryptedRegex", "unencrypted_regex"],
  ["encryptedRegex", "encrypted_regex"],
  ["unencryptedCommentRegex", "unencrypted_comment_regex"],
  ["encryptedCommentRegex", "encrypted_comment_regex"],
];
