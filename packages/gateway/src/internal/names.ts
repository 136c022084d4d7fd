const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** An RFC 1123 label (namespaces, Services, containers), or a TypeError naming where it stood. */
export function assertLabel(value: string, where: string): void {
  if (!LABEL.test(value) || value.length > 63) {
    throw new TypeError(`${where}: "${value}" is not a name of lower-case letters, digits and dashes (at most 63)`);
  }
}

/** An object name (RFC 1123 subdomain), or a TypeError naming where it stood. */
export function assertName(value: string, where: string): void {
  if (!SUBDOMAIN.test(value) || value.length > 253) throw new TypeError(`${where}: "${value}" is not an object name`);
}

/** A host name as routes and certificates take it, `*.` in front allowed; or a TypeError naming where it stood. */
export function assertHost(value: string, where: string): void {
  const bare = value.startsWith("*.") ? value.slice(2) : value;
  if (!SUBDOMAIN.test(bare) || value.length > 253) throw new TypeError(`${where}: "${value}" is not a host name`);
}
