import type { EndpointPort, VirtualEndpoint } from "@idstack/manifests";
import { isMapping, type Mapping } from "./normalize/read.ts";

/** Checks data that claims to be a list of virtual endpoints; throws an Error that says where it is not. */
export function readVirtualEndpoints(data: unknown): VirtualEndpoint[] {
  if (!Array.isArray(data)) throw new Error("must be a JSON array of endpoints");
  return data.map((item: unknown, index) => {
    const at = `[${index}]`;
    if (!isMapping(item)) throw new Error(`${at} must be an object`);
    const { labels, ports, hostNetwork, serviceAccount } = item;
    if (!isMapping(labels) || !Object.values(labels).every((value) => typeof value === "string")) {
      throw new Error(`${at}.labels must be an object of texts`);
    }
    if (!Array.isArray(ports)) throw new Error(`${at}.ports must be an array`);
    if (hostNetwork !== undefined && typeof hostNetwork !== "boolean")
      throw new Error(`${at}.hostNetwork must be true or false`);
    return {
      namespace: need(item, "namespace", at),
      name: need(item, "name", at),
      labels: labels as { readonly [key: string]: string },
      ...(serviceAccount === undefined ? {} : { serviceAccount: need(item, "serviceAccount", at) }),
      ports: ports.map((port: unknown, number) => readPort(port, `${at}.ports[${number}]`)),
      ...(hostNetwork === undefined ? {} : { hostNetwork }),
      source: need(item, "source", at),
    };
  });
}

function readPort(data: unknown, at: string): EndpointPort {
  if (!isMapping(data)) throw new Error(`${at} must be an object`);
  const { name, port, protocol } = data;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65535)
    throw new Error(`${at}.port must be a port number`);
  if (name !== undefined && typeof name !== "string") throw new Error(`${at}.name must be a text`);
  if (protocol !== undefined && protocol !== "TCP" && protocol !== "UDP" && protocol !== "SCTP") {
    throw new Error(`${at}.protocol must be TCP, UDP or SCTP`);
  }
  return { port, ...(name === undefined ? {} : { name }), ...(protocol === undefined ? {} : { protocol }) };
}

function need(item: Mapping, key: string, at: string): string {
  const value = item[key];
  if (typeof value !== "string" || value === "") throw new Error(`${at}.${key} must be a text`);
  return value;
}
