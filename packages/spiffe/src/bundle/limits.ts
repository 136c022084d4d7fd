import { SpiffeError } from "../errors.ts";

/** How much a document or message may hold before it is refused. */
export interface BundleLimits {
  /** Bundles of one document, map or message. Default 200. */
  readonly maxBundles?: number | undefined;
  /** Bytes of one bundle, DER or JSON. Default 4 MiB. */
  readonly maxBundleBytes?: number | undefined;
}

const MAX_BUNDLES = 200;
const MAX_BUNDLE_BYTES = 4 * 1024 * 1024;

/** @throws SpiffeError `bundle-too-large` */
export function checkBundleSize(bytes: number, { maxBundleBytes = MAX_BUNDLE_BYTES }: BundleLimits = {}): void {
  if (bytes <= maxBundleBytes) return;
  throw new SpiffeError("bundle-too-large", `a bundle of ${bytes} bytes, at most ${maxBundleBytes} are read`);
}

/** @throws SpiffeError `too-many-bundles` */
export function checkBundleCount(count: number, { maxBundles = MAX_BUNDLES }: BundleLimits = {}): void {
  if (count <= maxBundles) return;
  throw new SpiffeError("too-many-bundles", `${count} bundles, at most ${maxBundles} are read`);
}
