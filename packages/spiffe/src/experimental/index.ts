// Names here may change in any release: the standards behind them are not finished.
export { type FetchWitOptions, WitClient } from "./client.ts";
export { parseWitBundle, type WitBundle, WitBundleSet } from "./wit-bundle.ts";
export {
  ProofMemory,
  proveWit,
  type VerifiedWit,
  type VerifyWitOptions,
  verifyWit,
  type WitHeaders,
  type WitSvid,
} from "./wit-svid.ts";
