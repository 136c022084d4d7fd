import type { X509Certificate } from "node:crypto";
import { SpiffeError, type VerificationErrorCode } from "../../errors.ts";
import type { SpiffeId } from "../../id/spiffe-id.ts";
import { visible } from "../visible.ts";

/** Subject for messages: one line of visible characters, bounded, since it is the peer's text. */
export function subjectOf(certificate: X509Certificate): string {
  return visible((certificate.subject ?? "").replaceAll("\n", ", ")).slice(0, 200) || "(empty subject)";
}

/** An error about one certificate that names subject, ID, rule and section. */
export function violation(
  code: VerificationErrorCode,
  certificate: X509Certificate,
  rule: string,
  section: string,
  id?: SpiffeId,
): SpiffeError {
  const subject = subjectOf(certificate);
  const who = id === undefined ? `certificate "${subject}"` : `certificate "${subject}" of ${id}`;
  return new SpiffeError(code, `${who}: ${rule} (${section})`, { subject, section, spiffeId: id?.toString() });
}
