import type { X509Certificate } from "node:crypto";
import { SpiffeError, type VerificationErrorCode } from "../../errors.ts";
import type { SpiffeId } from "../../id/spiffe-id.ts";

/** Characters that move the cursor, start a line or turn the direction of a text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Subject for messages: one line of visible characters, bounded, since it is the peer's text. */
export function subjectOf(certificate: X509Certificate): string {
  const subject = certificate.subject?.replaceAll("\n", ", ").replaceAll(INVISIBLE, "\u{fffd}");
  return subject?.slice(0, 200) || "(empty subject)";
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
