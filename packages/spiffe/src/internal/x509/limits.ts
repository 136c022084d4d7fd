/** How much of a presented chain is looked at. More is refused before any signature is checked. */
export interface VerificationLimits {
  /** Certificates of a chain, leaf included. Default 16. */
  readonly chainLength?: number;
  /** URI SANs of one certificate; a leaf may have one only, an issuer several. Default 32. */
  readonly uriSans?: number;
  /** Bytes of a SPIFFE ID. Default and maximum 2048 (SPIFFE-ID §2.3). */
  readonly idBytes?: number;
  /** Signatures that are checked to find a path: what a hostile chain may cost. Default 100. */
  readonly signatures?: number;
}

const DEFAULTS: Required<VerificationLimits> = { chainLength: 16, uriSans: 32, idBytes: 2048, signatures: 100 };

/** @throws TypeError for a limit that is no positive whole number: it would refuse everybody or nobody. */
export function verificationLimits(limits: VerificationLimits | undefined): Required<VerificationLimits> {
  if (limits === undefined) return DEFAULTS;
  for (const [name, value] of Object.entries(limits)) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new TypeError(`limits.${name} has to be a positive whole number`);
    }
  }
  return { ...DEFAULTS, ...Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)) };
}
