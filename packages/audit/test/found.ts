import { type AuditInput, type AuditOptions, audit } from "@idstack/audit";
import { parseManifests } from "@idstack/manifests";

/** `check line` of every finding in a YAML text, in order. */
export function found(yaml: string, options: AuditOptions & Omit<AuditInput, "documents"> = {}): string[] {
  return findings(yaml, options).map(({ code, line }) => `${code} ${line}`);
}

/** The findings themselves. */
export function findings(yaml: string, options: AuditOptions & Omit<AuditInput, "documents"> = {}) {
  const file = "test.yaml";
  const parsed = parseManifests(yaml, { file });
  const files = [{ path: file, text: yaml }, ...(options.files ?? [])];
  return audit({ ...parsed, ...options, files }, options).findings;
}
