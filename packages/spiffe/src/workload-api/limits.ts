import { type BundleLimits, checkBundleCount, checkBundleSize } from "../bundle/limits.ts";
import { SpiffeError } from "../errors.ts";
import type { VerificationLimits } from "../svid/verify-x509-svid.ts";

/**
 * How much an agent may send before its message is discarded, or the SVID or bundle is left out: a broken or hostile one
 * must not fill the memory or keep the process busy.
 */
export interface WorkloadApiLimits extends VerificationLimits, BundleLimits {
  /** Identities of one message. Default 100. */
  readonly maxSvids?: number | undefined;
  /**
   * CA certificates in all bundles of one message, own and federated: reading one takes a third of a millisecond. A bundle
   * that goes beyond is left out. Default 4000.
   */
  readonly maxAuthorities?: number | undefined;
  /** Audiences of a token, asked for or validated. Default 32. */
  readonly maxAudiences?: number | undefined;
  /** Bytes of one message; the call fails. Default 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
}

/** The limits of a client, all decided but those that other code has defaults for. */
export class Limits {
  readonly verification: VerificationLimits;
  readonly maxSvids: number;
  readonly maxAuthorities: number;
  readonly maxAudiences: number;
  readonly maxMessageBytes: number;
  readonly chainLength: number;
  readonly idBytes: number;
  readonly bundles: BundleLimits;

  /** @throws TypeError for a limit that is no positive whole number. */
  constructor(given: WorkloadApiLimits = {}) {
    for (const [name, value] of Object.entries(given)) {
      if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
        throw new TypeError(`limits.${name} has to be a positive whole number`);
      }
    }
    const { maxSvids = 100, maxAudiences = 32, maxMessageBytes = 16 * 1024 * 1024, maxBundles, maxBundleBytes } = given;
    const { maxAuthorities = 4000 } = given;
    const { chainLength = 16, idBytes = 2048, uriSans, signatures } = given;
    this.maxSvids = maxSvids;
    this.maxAuthorities = maxAuthorities;
    this.maxAudiences = maxAudiences;
    this.maxMessageBytes = maxMessageBytes;
    this.chainLength = chainLength;
    this.idBytes = idBytes;
    this.bundles = { maxBundles, maxBundleBytes };
    this.verification = {
      chainLength,
      idBytes,
      ...(uriSans !== undefined && { uriSans }),
      ...(signatures !== undefined && { signatures }),
    };
  }

  /** @throws SpiffeError `too-many-bundles` */
  checkBundleCount(count: number): void {
    checkBundleCount(count, this.bundles);
  }

  /** @throws SpiffeError `bundle-too-large` */
  checkBundleSize(bytes: number): void {
    checkBundleSize(bytes, this.bundles);
  }

  /** @throws SpiffeError `id-too-long` */
  checkId(id: string): void {
    const bytes = Buffer.byteLength(id);
    if (bytes <= this.idBytes) return;
    throw new SpiffeError("id-too-long", `a SPIFFE ID of ${bytes} bytes, at most ${this.idBytes} are read`, {
      section: "SPIFFE-ID §2.3",
    });
  }
}
