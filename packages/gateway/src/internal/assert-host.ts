const HOST = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A host name as routes and certificates take it, `*.` in front allowed; or a TypeError naming where it stood. */
export function assertHost(value: string, where: string): void {
  if (!HOST.test(value) || value.length > 253) throw new TypeError(`${where}: "${value}" is not a host name`);
}
