/** A value of a decrypted document. Integers beyond 2^53 are `bigint`, unquoted YAML timestamps are `Date`. */
export type SopsValue = string | number | bigint | boolean | null | Date | readonly SopsValue[] | SopsMapping;

/** A decrypted document: SOPS files are mappings at the top. */
export interface SopsMapping {
  readonly [key: string]: SopsValue;
}
