import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ParseCode, readTree, type VirtualEndpoint } from "@idstack/manifests";
import { type Cluster, createCluster } from "./cluster.ts";
import { ReachError } from "./errors.ts";
import type { ClusterFacts } from "./facts.ts";
import { readVirtualEndpoints } from "./internal/virtual-endpoints.ts";

/**
 * Reads a folder of manifests, and the pods that charts and operators will create from `.idstack/endpoints.json` in it
 * if there is one (a JSON array of `VirtualEndpoint`).
 *
 * @throws ReachError `invalid-endpoints` when that file is not such an array; errors of `node:fs` when the folder
 * cannot be read.
 * @example
 * ```ts
 * const cluster = await loadCluster("clusters/home", { apiServer: "192.168.1.10:6443", podCidr: "10.42.0.0/16" });
 * ```
 */
export async function loadCluster(dir: string, facts: ClusterFacts = {}): Promise<Cluster> {
  const tree = await readTree(dir);
  const documents = tree.documents.filter(({ file }) => file !== ENDPOINTS);
  const unread = tree.diagnostics.flatMap(({ code, file }) => (UNREAD.has(code) && file !== undefined ? [file] : []));
  const endpoints = await readEndpoints(dir);
  const cluster = createCluster({ documents, patches: tree.patches, unread, endpoints, facts });
  return { ...cluster, diagnostics: [...tree.diagnostics, ...cluster.diagnostics] };
}

/** What `readTree` reports about files, or parts of them, whose content it does not return. */
const UNREAD: ReadonlySet<string> = new Set([
  "list-item",
  "object-head",
  "template",
  "unreadable-file",
  "yaml-alias",
  "yaml-syntax",
] satisfies ParseCode[]);

const ENDPOINTS = ".idstack/endpoints.json";

/**
 * The pods that charts and operators will create, from `.idstack/endpoints.json` in a folder; none without that file.
 *
 * @throws ReachError `invalid-endpoints`.
 */
export async function readEndpoints(dir: string): Promise<readonly VirtualEndpoint[]> {
  let text: string;
  try {
    text = await readFile(join(dir, ENDPOINTS), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw cause;
  }
  try {
    return readVirtualEndpoints(JSON.parse(text));
  } catch (cause) {
    throw new ReachError("invalid-endpoints", `${ENDPOINTS}: ${(cause as Error).message}`, {
      subject: ENDPOINTS,
      cause,
    });
  }
}
