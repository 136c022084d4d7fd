import type { PodSpec, SecurityContext } from "@idstack/schemas/v1";

/** Options of {@link restrictedPod}. */
export interface RestrictedPodOptions {
  /** Numeric user; needed when the image names its user or none, since the kubelet cannot tell that from root. */
  readonly user?: number;
  /** Group that owns the volumes. */
  readonly fsGroup?: number;
}

/**
 * Pod fields that the Pod Security profile `restricted` asks for, plus no API token and no Service variables.
 *
 * @throws TypeError for user 0.
 * @example
 * ```ts
 * import { restrictedPod } from "@idstack/cluster";
 * console.log(restrictedPod({ user: 65532 }).securityContext?.runAsNonRoot); // true
 * ```
 */
export function restrictedPod(
  options: RestrictedPodOptions = {},
): Pick<PodSpec, "automountServiceAccountToken" | "enableServiceLinks" | "securityContext"> {
  const { user, fsGroup } = options;
  if (user !== undefined && !(Number.isInteger(user) && user > 0)) {
    throw new TypeError(`user: ${user} is not the number of an ordinary user`);
  }
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      ...(user !== undefined && { runAsUser: user, runAsGroup: user }),
      ...(fsGroup !== undefined && { fsGroup }),
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/**
 * The security context of a container under the profile `restricted`, with a read-only root file system besides.
 *
 * @example
 * ```ts
 * import { restrictedContainer } from "@idstack/cluster";
 * console.log(restrictedContainer().capabilities); // { drop: [ 'ALL' ] }
 * ```
 */
export function restrictedContainer(): SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
  };
}
