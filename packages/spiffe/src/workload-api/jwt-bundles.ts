import { type JwtBundle, JwtBundleSet, parseJwtBundle } from "../bundle/jwt-bundle.ts";
import { type BundleLimits, checkBundleCount } from "../bundle/limits.ts";
import { SpiffeError } from "../errors.ts";
import { TrustDomain } from "../id/trust-domain.ts";

type KnownBundles = Map<string, { readonly text: string; readonly bundle: JwtBundle }>;

/**
 * Reads the messages of `FetchJWTBundles`. What does not parse is reported and left out; a document that did not change
 * keeps its parsed keys.
 */
export class JwtBundleReader {
  readonly #report: (error: SpiffeError) => void;
  readonly #limits: BundleLimits | undefined;
  #known: KnownBundles = new Map();

  constructor(report: (error: SpiffeError) => void, limits?: BundleLimits) {
    this.#report = report;
    this.#limits = limits;
  }

  /** @throws SpiffeError `too-many-bundles` */
  read(documents: ReadonlyMap<string, string>): JwtBundleSet {
    checkBundleCount(documents.size, this.#limits);
    const read: KnownBundles = new Map();
    for (const [name, text] of documents) {
      const known = this.#known.get(name);
      const bundle = known?.text === text ? known.bundle : this.#parse(name, text);
      if (bundle !== undefined) read.set(name, { text, bundle });
    }
    this.#known = read;
    return new JwtBundleSet([...read.values()].map(({ bundle }) => bundle));
  }

  #parse(name: string, text: string): JwtBundle | undefined {
    try {
      // SPIRE states no use in these documents: what the Workload API calls JWT bundles holds JWT keys (§6.2.2).
      return parseJwtBundle(TrustDomain.parse(name), text, { acceptMissingUse: true, onIgnored: this.#report });
    } catch (cause) {
      const message = `${(cause as Error).message}; this trust domain is not trusted`;
      this.#report(new SpiffeError("bundle-rejected", message, { cause }));
      return undefined;
    }
  }
}
