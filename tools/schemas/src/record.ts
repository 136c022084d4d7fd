import { setTimeout as delay } from "node:timers/promises";
import type { Recording, ServedSchema } from "@idstack/schemas/compile";
import type { Kubernetes } from "@idstack/tool-real";
import { normaliseSchema, sortKeys } from "./normalise.ts";

/** As much of an OpenAPI v3 document as is recorded. */
interface OpenApi {
  readonly paths?: { readonly [path: string]: { readonly post?: { readonly [key: string]: unknown } } };
  readonly components?: { readonly schemas?: { readonly [name: string]: ServedSchema } };
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const GVK = "x-kubernetes-group-version-kind";
const GROUP_VERSION = /^api(?:s\/[^/]+)?\/[^/]+$/;
/** The server publishes custom resources some seconds after it serves them. */
const WITHIN_MS = 120_000;

/**
 * What the server says in `/openapi/v3` about every group version, sorted by apiVersion, as soon as that includes every
 * served version of its custom resources.
 *
 * @throws Error if some are not published in two minutes.
 */
export async function recordServer(kubernetes: Kubernetes): Promise<Recording[]> {
  const wanted = kubernetes.crds.flatMap(({ spec: { group, names, versions } }) =>
    versions.filter(({ served }) => served).map(({ name }) => `${group}/${name} ${names.kind}`),
  );
  const giveUp = Date.now() + WITHIN_MS;
  for (;;) {
    const recordings = await recordOnce(kubernetes);
    const published = new Set(
      recordings.flatMap(({ groupVersion, resources }) =>
        Object.keys(resources).map((kind) => `${groupVersion} ${kind}`),
      ),
    );
    const missing = wanted.filter((each) => !published.has(each));
    if (missing.length === 0) return recordings;
    if (Date.now() > giveUp) throw new Error(`the server does not publish ${missing.join(", ")}`);
    await delay(200);
  }
}

async function recordOnce(kubernetes: Kubernetes): Promise<Recording[]> {
  const get = async (path: string): Promise<unknown> => {
    const { status, body } = await kubernetes.request("GET", path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const { paths } = (await get("/openapi/v3")) as { paths: Record<string, { serverRelativeURL: string }> };
  // Without its hash: a document that changed meanwhile would be a redirection.
  const document = (url: string): string => url.replace(/\?.*$/, "");
  const recordings = await Promise.all(
    Object.entries(paths)
      .filter(([path]) => GROUP_VERSION.test(path))
      .map(async ([path, { serverRelativeURL }]) =>
        recordingOf(path.replace(/^apis?\//, ""), (await get(document(serverRelativeURL))) as OpenApi),
      ),
  );
  return recordings.sort((a, b) => (a.groupVersion < b.groupVersion ? -1 : 1));
}

/** One document in the form of the files in `openapi/`. */
export function recordingOf(groupVersion: string, { paths = {}, components }: OpenApi): Recording {
  const resources: Record<string, Recording["resources"][string]> = {};
  // A kind may be created in several places; its own collection comes before those below another object.
  const collections = Object.entries(paths).sort(
    ([a], [b]) => Number(a.includes("{name}")) - Number(b.includes("{name}")),
  );
  for (const [path, { post }] of collections) {
    const { group, version, kind } = (post?.[GVK] ?? {}) as Partial<GroupVersionKind>;
    if (kind === undefined || post?.["x-kubernetes-action"] !== "post") continue;
    if ([group, version].filter((part) => part !== "").join("/") !== groupVersion) continue;
    const status = paths[`${path}/{name}/status`] !== undefined;
    resources[kind] ??= { namespaced: path.includes("{namespace}"), path, ...(status && { status }) };
  }
  const schemas = Object.entries(components?.schemas ?? {}).map(([name, schema]) => [name, normaliseSchema(schema)]);
  return sortKeys({ groupVersion, resources, components: { schemas: Object.fromEntries(schemas) } }) as Recording;
}

/** The text of every file in `openapi/`. */
export function recordingFiles(recordings: readonly Recording[]): Map<string, string> {
  return new Map(
    recordings.map((recording) => [
      `${recording.groupVersion.replace("/", "_")}.json`,
      `${JSON.stringify(recording)}\n`,
    ]),
  );
}
