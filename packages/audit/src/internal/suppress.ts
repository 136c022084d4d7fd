import { formatRef, type ManifestDocument, objectRef } from "@idstack/manifests";
import { suppressionWithoutReason } from "../checks/suppression-without-reason.ts";
import type { Finding, SuppressedFinding } from "../finding.ts";
import { suppressionsOf } from "./suppressions.ts";

/** Parts findings into those that count and those that an annotation of their object silences. */
export function suppress(
  findings: readonly Finding[],
  documents: readonly ManifestDocument[],
): { findings: Finding[]; suppressed: SuppressedFinding[] } {
  const reasons = new Map<string, string>();
  for (const document of documents) {
    for (const { check, reason } of suppressionsOf(document)) {
      if (reason !== "") reasons.set(key(document.file, formatRef(objectRef(document.object)), check), reason);
    }
  }
  const kept: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  for (const finding of findings) {
    const reason = finding.object && reasons.get(key(finding.file, formatRef(finding.object), finding.code));
    // A reason that is missing cannot be excused by another annotation.
    if (reason === undefined || finding.code === suppressionWithoutReason.id) kept.push(finding);
    else suppressed.push({ ...finding, reason });
  }
  return { findings: kept, suppressed };
}

function key(file: string | undefined, object: string, check: string): string {
  return JSON.stringify([file, object, check]);
}
