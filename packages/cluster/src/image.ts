import type { Diagnostic } from "@idstack/manifests";

/** Parts of a container image reference. */
export interface ImageRef {
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string;
}

const IMAGE =
  /^(?<repository>[\w][\w.-]*(?::\d+(?=\/))?(?:\/[\w][\w.-]*)*)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>[\w:.+-]+))?$/;

/** Splits an image reference; undefined when it is none. */
export function parseImage(image: string): ImageRef | undefined {
  const { repository, tag, digest } = IMAGE.exec(image)?.groups ?? {};
  if (repository === undefined || (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))) return undefined;
  return { repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/**
 * What is wrong with an image reference: an error for none or `latest` as its version, a warning for a tag without
 * digest, which can be moved to another image.
 *
 * @param path where the reference stands, as the diagnostics give it
 * @example
 * ```ts
 * import { checkImage } from "@idstack/cluster";
 * console.log(checkImage("nginx", "services.web.image")[0]?.code); // cluster/image-untagged
 * ```
 */
export function checkImage(image: string, path?: string): Diagnostic[] {
  const ref = parseImage(image);
  const at = { path, help: HELP };
  if (ref === undefined) {
    return [
      { code: "cluster/image-invalid", severity: "error", message: `"${image}" is not an image reference`, ...at },
    ];
  }
  if (ref.digest !== undefined) return [];
  if (ref.tag === undefined || ref.tag === "latest") {
    const message = `"${image}" names no version: what runs changes whenever a node pulls it`;
    return [{ code: "cluster/image-untagged", severity: "error", message, ...at }];
  }
  const message = `"${image}" has no digest: the tag can be moved to another image`;
  return [{ code: "cluster/image-without-digest", severity: "warning", message, ...at }];
}

const HELP = 'Write tag and digest: "registry/name:1.4.2@sha256:…".';
