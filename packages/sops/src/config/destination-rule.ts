import type { CreationRule } from "./creation-rule.ts";

/** Where `sops publish` puts files. This package does not publish; it reads the rules so that they can be checked. */
export interface DestinationRule {
  /** 1-based, in the `.sops.yaml`. */
  readonly line: number;
  /** Unset: the rule matches every path. */
  readonly pathRegex?: string | undefined;
  readonly destination:
    | { readonly kind: "s3" | "gcs"; readonly bucket: string; readonly prefix?: string | undefined }
    | {
        readonly kind: "vault";
        readonly path: string;
        readonly address?: string | undefined;
        readonly mount?: string | undefined;
        readonly version?: number | undefined;
      }
    | undefined;
  /** For whom the published file is encrypted anew. */
  readonly recreationRule?: CreationRule | undefined;
  readonly omitExtensions?: boolean | undefined;
}
