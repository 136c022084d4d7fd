export { type BundleHandlerOptions, bundleHandler } from "./bundle-handler.ts";
export { BundleStore, type PutResult } from "./bundle-store.ts";
export { BundleWatcher, type BundleWatcherOptions } from "./bundle-watcher.ts";
export type { BundleEndpoint, SpiffeProfile, WebProfile } from "./endpoint.ts";
export { type FetchBundleOptions, fetchBundle } from "./fetch-bundle.ts";
