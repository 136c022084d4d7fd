import { getAt, groupOf, type ManifestDocument } from "@idstack/manifests";
import { type Cidr, parseCidr } from "../ip.ts";
import { isMapping } from "./read.ts";

/** A CiliumCIDRGroup of the tree. */
export interface CidrGroup {
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
  readonly cidrs: readonly Cidr[];
}

export type CidrGroups = readonly CidrGroup[];

export function readCidrGroups(documents: readonly ManifestDocument[]): CidrGroups {
  return documents
    .filter(({ object }) => object.kind === "CiliumCIDRGroup" && groupOf(object.apiVersion) === "cilium.io")
    .map(({ object }) => {
      const cidrs = getAt(object, ["spec", "externalCIDRs"]);
      const labels: unknown = object.metadata?.labels;
      return {
        name: object.metadata?.name ?? "",
        labels: isMapping(labels) ? (labels as { readonly [key: string]: string }) : {},
        cidrs: (Array.isArray(cidrs) ? cidrs : []).flatMap((cidr: unknown) => {
          const parsed = typeof cidr === "string" ? parseCidr(cidr) : undefined;
          return parsed === undefined ? [] : [parsed];
        }),
      };
    });
}
