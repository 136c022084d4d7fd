import { assertLabel } from "@idstack/manifests";

/** Port of a Service. */
export interface ServiceRef {
  readonly name: string;
  readonly namespace: string;
  /** The Service's port, not the container's. */
  readonly port: number;
}

/** TypeError for a Service that cannot be. */
export function assertService({ name, namespace, port }: ServiceRef, where: string): void {
  assertLabel(name, `${where}: service name`);
  assertLabel(namespace, `${where}: service namespace`);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new TypeError(`${where}: ${port} is no port`);
}
