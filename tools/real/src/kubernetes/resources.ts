import type { CustomResourceDefinition } from "../crds/load-crds.ts";
import { RealError } from "../errors.ts";
import type { ApiClient } from "./api-client.ts";

/** As much of an object as it takes to find its collection. */
export interface AnyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string | undefined; readonly namespace?: string | undefined } | undefined;
}

interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Knows under which path the server keeps objects of a kind. */
export class Resources {
  readonly #client: ApiClient;
  readonly #known = new Map<string, Resource>();

  constructor(client: ApiClient, crds: readonly CustomResourceDefinition[]) {
    this.#client = client;
    // The server's own list of custom resources lags behind what it serves.
    for (const { spec } of crds) {
      for (const version of spec.versions.filter((each) => each.served)) {
        const resource = { plural: spec.names.plural, namespaced: spec.scope === "Namespaced" };
        this.#known.set(`${spec.group}/${version.name} ${spec.names.kind}`, resource);
      }
    }
  }

  /** @throws {RealError} `request-failed` for a kind that the server does not serve. */
  async collectionPath(object: AnyObject): Promise<string> {
    const { apiVersion, kind } = object;
    const { plural, namespaced } = await this.#resource(apiVersion, kind);
    const namespace = namespaced ? `/namespaces/${object.metadata?.namespace ?? "default"}` : "";
    return `${groupPath(apiVersion)}${namespace}/${plural}`;
  }

  async #resource(apiVersion: string, kind: string): Promise<Resource> {
    const key = `${apiVersion} ${kind}`;
    if (!this.#known.has(key)) {
      const { status, body } = await this.#client.request("GET", groupPath(apiVersion));
      const resources = status === 200 ? (body as ApiResourceList).resources : [];
      for (const { name, namespaced, kind: of } of resources.filter((each) => !each.name.includes("/"))) {
        this.#known.set(`${apiVersion} ${of}`, { plural: name, namespaced });
      }
    }
    const resource = this.#known.get(key);
    if (resource === undefined) throw new RealError("request-failed", `The API server does not serve ${key}`);
    return resource;
  }
}

interface ApiResourceList {
  readonly resources: readonly { readonly name: string; readonly namespaced: boolean; readonly kind: string }[];
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
