import type { BitwardenStore, SecretRef } from "@idstack/external-secrets";

/** Where secrets come from when they are not in the repository; {@link bitwarden} makes one. */
export type SecretStoreInput = BitwardenStore;

/** Shown by the compiler in place of a secret, where the declaration names no `secretStore`. */
export interface MissingSecretStore {
  readonly "declare `secretStore`, so that this secret has a source": never;
}

/** What a setting takes that names a secret: a reference, where there is a store to resolve it. */
export type SecretFrom<Store> = Store extends SecretStoreInput ? SecretRef : MissingSecretStore;

/** The S3 bucket for databases; each archives to a folder of its own, `<namespace>/<database>`. */
export interface BackupsInput<Store = SecretStoreInput> {
  readonly bucket: string;
  /** Outside the cluster: `https://s3.home.arpa`. */
  readonly endpoint: string;
  /**
   * One secret of the store, whose value is JSON with the keys ACCESS_KEY_ID and ACCESS_SECRET_KEY:
   * `{"ACCESS_KEY_ID":"…","ACCESS_SECRET_KEY":"…"}`.
   */
  readonly credentials: SecretFrom<Store>;
}

/** Files encrypted with SOPS; rendering copies them byte for byte and never needs a key. */
export interface SopsInput<Namespace extends string = string> {
  /** age recipients every file must be encrypted to. */
  readonly recipients: readonly string[];
  /** File relative to the declaration → namespace that its Secret lives in. */
  readonly files: { readonly [file: string]: Namespace };
}
