import type { GuardedFile } from "../../../../src/index.ts";

/**
 * The rule of the hook `forbid-secrets`, written from its description: a YAML file with the line `kind: Secret`, in any
 * case, that holds neither `ENC.AES256` anywhere nor a patch that deletes.
 */
export function forbidSecrets({ path, text }: GuardedFile): boolean {
  if (!/\.ya?ml$/.test(path)) return false;
  return /^kind:\ssecret$/im.test(text) && !/ENC.AES256/.test(text) && !/^\$patch:\sdelete/m.test(text);
}
