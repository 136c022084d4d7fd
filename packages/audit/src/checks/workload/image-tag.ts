import type { SkippedDocument } from "@idstack/manifests";
import { defineCheck } from "../../check.ts";
import { containersOf } from "../../internal/containers.ts";
import { listOf, mapOf, textOf } from "../../internal/read.ts";

/** An image without tag and digest, or with the tag `latest`. */
export const imageTag = defineCheck(
  {
    id: "image-tag",
    title: "Image without a version",
    severity: "error",
    rationale:
      "Without a tag the runtime takes `latest`: two pods of one Deployment may run different code, a restart may upgrade a database, and no rollback brings the old version back.",
    fix: "Name a version, best with its digest: image:1.4.2@sha256:….",
    references: ["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
    fixtures: { before: ["apps/image-without-tag.yaml"], clean: ["deployment.yaml"] },
  },
  function* ({ workloads, skipped }) {
    const replaced = kustomizeImages(skipped);
    for (const workload of workloads) {
      for (const { container, path } of containersOf(workload)) {
        const image = textOf(container["image"]);
        if (image === undefined || image.includes("@") || image.includes("${")) continue;
        if (replaced.has(image.replace(/:latest$/, ""))) continue;
        const tag = /:([^/:]+)$/.exec(image)?.[1];
        if (tag !== undefined && tag !== "latest") continue;
        yield {
          document: workload.document,
          path: [...path, "image"],
          message:
            tag === undefined
              ? `image \`${image}\` has neither tag nor digest`
              : `image \`${image}\` follows the moving tag latest`,
        };
      }
    }
  },
);

/** Names of images that a kustomization gives a tag or digest. */
function kustomizeImages(skipped: readonly SkippedDocument[]): Set<string> {
  const images = skipped
    .filter(({ reason }) => reason === "kustomize")
    .flatMap(({ value }) => listOf(mapOf(value)["images"]));
  const pinned = images.map(mapOf).filter(({ newTag, digest }) => newTag !== undefined || digest !== undefined);
  return new Set(pinned.flatMap(({ name }) => textOf(name) ?? []));
}
