import { isMapping } from "./plain.ts";

/** A value SOPS encrypted: `ENC[AES256_GCM,data:…]`. */
export function isCiphertext(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("ENC[AES256_GCM,");
}

const sopsFields = "mac lastmodified version age pgp kms gcp_kms hckms azure_kv hc_vault key_groups".split(" ");

/** A `sops` block is there, or even `kind` is ciphertext. */
export function isEncrypted(object: Readonly<Record<string, unknown>>): boolean {
  const block = object["sops"];
  if (isMapping(block) && sopsFields.some((field) => field in block)) return true;
  return isCiphertext(object["kind"]) || isCiphertext(object["apiVersion"]);
}

/** The directives of strategic merge patches, read by kubectl and kustomize and unknown to every schema. */
export function isPatchDirective(key: string): boolean {
  if (!key.startsWith("$")) return false;
  return (
    key === "$patch" ||
    key === "$retainKeys" ||
    key.startsWith("$setElementOrder/") ||
    key.startsWith("$deleteFromPrimitiveList/")
  );
}

export function hasPatchDirective(value: unknown, seen = new Set<unknown>()): boolean {
  if (typeof value !== "object" || value === null) return false;
  // What aliases repeat is one object, and data from code may contain itself.
  if (seen.has(value)) return false;
  seen.add(value);
  if (Array.isArray(value)) return value.some((item) => hasPatchDirective(item, seen));
  return Object.keys(value).some(
    (key) => isPatchDirective(key) || hasPatchDirective((value as Record<string, unknown>)[key], seen),
  );
}
