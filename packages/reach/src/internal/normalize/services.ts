import { getAt, groupOf, type ManifestDocument, matchesSelector } from "@idstack/manifests";
import { isMapping } from "./read.ts";

/** A Service of the tree, as far as policies look at it. */
export interface ServiceInfo {
  readonly namespace: string;
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
  readonly selector: { readonly [key: string]: string };
  /** Addresses of a Service without a selector; undefined when the tree does not say. */
  readonly addresses: readonly string[] | undefined;
  /** Service port → target port, for hints. */
  readonly ports: readonly { readonly port: number; readonly targetPort: number | string }[];
}

export class ServiceIndex {
  readonly all: readonly ServiceInfo[];

  constructor(documents: readonly ManifestDocument[]) {
    this.all = documents
      .filter(({ object }) => object.kind === "Service" && object.apiVersion === "v1")
      .map((document) => readService(document, documents));
  }

  /** `namespace` undefined or empty: any, as in the policy language. */
  named(namespace: string | undefined, name: string): readonly ServiceInfo[] {
    return this.all.filter((service) => service.name === name && (!namespace || service.namespace === namespace));
  }

  selected(namespace: string | undefined, matches: (labels: ServiceInfo["labels"]) => boolean): readonly ServiceInfo[] {
    return this.all.filter((service) => (!namespace || service.namespace === namespace) && matches(service.labels));
  }

  /** Services whose selector picks pods with these labels. */
  before(namespace: string, labels: { readonly [key: string]: string }): readonly ServiceInfo[] {
    return this.all.filter(
      (service) =>
        service.namespace === namespace &&
        Object.keys(service.selector).length > 0 &&
        matchesSelector({ matchLabels: service.selector }, labels),
    );
  }
}

function readService(document: ManifestDocument, documents: readonly ManifestDocument[]): ServiceInfo {
  const { object } = document;
  const namespace = object.metadata?.namespace ?? "default";
  const name = object.metadata?.name ?? "";
  const ports = getAt(object, ["spec", "ports"]);
  return {
    namespace,
    name,
    labels: strings(object.metadata?.labels),
    selector: strings(getAt(object, ["spec", "selector"])),
    addresses: addressesOf(namespace, name, documents),
    ports: (Array.isArray(ports) ? ports : []).flatMap((port: unknown) => {
      if (!isMapping(port) || typeof port["port"] !== "number") return [];
      const target = port["targetPort"];
      return [
        {
          port: port["port"],
          targetPort: typeof target === "number" || typeof target === "string" ? target : port["port"],
        },
      ];
    }),
  };
}

function addressesOf(
  namespace: string,
  name: string,
  documents: readonly ManifestDocument[],
): readonly string[] | undefined {
  const found: string[] = [];
  let known = false;
  for (const { object } of documents) {
    if ((object.metadata?.namespace ?? "default") !== namespace) continue;
    const isSlice = object.kind === "EndpointSlice" && groupOf(object.apiVersion) === "discovery.k8s.io";
    const isEndpoints = object.kind === "Endpoints" && object.apiVersion === "v1";
    if (isSlice && object.metadata?.labels?.["kubernetes.io/service-name"] === name) {
      known = true;
      found.push(...listAt(object, "endpoints").flatMap((endpoint) => stringsIn(getAt(endpoint, ["addresses"]))));
    }
    if (isEndpoints && object.metadata?.name === name) {
      known = true;
      for (const subset of listAt(object, "subsets")) {
        found.push(...listAt(subset, "addresses").flatMap((address) => stringsIn([getAt(address, ["ip"])])));
      }
    }
  }
  return known ? found : undefined;
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const found = getAt(value, [key]);
  return Array.isArray(found) ? found : [];
}

function stringsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function strings(value: unknown): { readonly [key: string]: string } {
  if (!isMapping(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
