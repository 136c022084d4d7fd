const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Asserts an RFC 1123 label: the name of a namespace, a Service or a container.
 *
 * @throws TypeError that names where the value stood.
 * @example
 * ```ts
 * import { assertLabel } from "@idstack/manifests";
 * assertLabel("apps", "namespace");
 * ```
 */
export function assertLabel(value: string, where: string): void {
  if (!LABEL.test(value) || value.length > 63) {
    throw new TypeError(`${where}: "${value}" is not a name of lower-case letters, digits and dashes (at most 63)`);
  }
}

/**
 * Asserts an RFC 1123 subdomain: the name of most objects.
 *
 * @throws TypeError that names where the value stood.
 * @example
 * ```ts
 * import { assertName } from "@idstack/manifests";
 * assertName("web-to-api.example.com", "name");
 * ```
 */
export function assertName(value: string, where: string): void {
  if (!SUBDOMAIN.test(value) || value.length > 253) throw new TypeError(`${where}: "${value}" is not an object name`);
}
