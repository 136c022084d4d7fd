import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { component as etcdComponent } from "../components/etcd.ts";
import { component as kubernetesComponent } from "../components/kubernetes.ts";
import { type CustomResourceDefinition, loadCrds } from "../crds/load-crds.ts";
import { requireInstalled } from "../installed.ts";
import { cacheDirectory } from "../internal/cache-directory.ts";
import { digestOf } from "../internal/digest.ts";
import type { LogFile } from "../internal/log-file.ts";
import { privateDirectory } from "../internal/private-directory.ts";
import { retryWhenAddressInUse } from "../internal/retry-address.ts";
import { type ProgramResult, type RunOptions, runProgram } from "../internal/run-program.ts";
import type { ApiRequestOptions, ApiResponse } from "./api-client.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { installCrds } from "./install-crds.ts";
import { type AnyObject, Resources } from "./resources.ts";
import { snapshotFor, unpackSnapshot } from "./snapshot.ts";

export interface KubernetesOptions {
  /**
   * Definitions to install: a directory of them, or the definitions themselves; `[]` for none. Default: `IDSTACK_CRDS`,
   * else all of `tools/real/crds`.
   */
  readonly crds?: string | readonly CustomResourceDefinition[];
  /** Start from a cached copy of etcd's data with these definitions, made at the first time. Default true. */
  readonly warm?: boolean;
  /** Besides ServiceAccount, which would need a controller: `NamespaceLifecycle` lets objects into any namespace. */
  readonly disableAdmissionPlugins?: readonly string[];
}

export interface CreateOptions {
  /** Ask for the answer without keeping the object. Default false. */
  readonly dryRun?: boolean;
  /** Refuse unknown and duplicate fields. Default true. */
  readonly strict?: boolean;
}

/** A running API server, alone on its own etcd. */
export interface Kubernetes extends AsyncDisposable {
  readonly version: string;
  readonly url: string;
  readonly etcdUrl: string;
  /** Bearer token of a member of `system:masters`. */
  readonly token: string;
  /** PEM that verifies the server's certificate. */
  readonly ca: string;
  /** Path of a kubeconfig with the above. */
  readonly kubeconfig: string;
  readonly crds: readonly CustomResourceDefinition[];
  readonly logs: { readonly etcd: LogFile; readonly apiServer: LogFile };
  /** Any request; the answer whatever its status. */
  request(method: string, path: string, options?: ApiRequestOptions): Promise<ApiResponse>;
  /** POSTs an object to its collection; the answer whatever its status. */
  create(object: AnyObject, options?: CreateOptions): Promise<ApiResponse>;
  kubectl(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  close(): Promise<void>;
}

/**
 * Starts etcd and the Kubernetes API server on loopback, with fresh certificates and a fresh token.
 *
 * @throws {RealError} `not-installed`, `start-failed`, `not-ready`, the last two with the tail of the log.
 * @example
 * ```ts
 * import { startKubernetes } from "@idstack/tool-real";
 * await using kubernetes = await startKubernetes();
 * const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } };
 * console.log((await kubernetes.create(namespace, { dryRun: true })).status); // 201
 * ```
 */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<Kubernetes> {
  const [etcd, kubernetes] = await Promise.all([
    requireInstalled(etcdComponent),
    requireInstalled(kubernetesComponent),
  ]);
  const given = options.crds;
  const crds = typeof given === "object" ? given : (await loadCrds(given)).map((each) => each.crd);
  const programs = { etcd: etcd.path("etcd"), apiServer: kubernetes.path("kube-apiserver") };
  const disableAdmissionPlugins = ["ServiceAccount", ...(options.disableAdmissionPlugins ?? [])];
  const warm = (options.warm ?? true) && crds.length > 0;
  const start = (directory: string, dataDirectory: string): Promise<ControlPlane> =>
    startControlPlane({ directory, dataDirectory, ...programs, disableAdmissionPlugins });

  const snapshot = warm
    ? await snapshotFor(cacheDirectory(), snapshotKey(etcd.key, kubernetes.key, crds), async (dataDirectory) => {
        await using temporary = await privateDirectory("k8s");
        await using plane = await retryWhenAddressInUse(() => start(temporary.path, dataDirectory));
        await installCrds(plane.client, crds);
      })
    : undefined;

  const stack = new AsyncDisposableStack();
  try {
    const { path: directory } = stack.use(await privateDirectory("k8s"));
    const dataDirectory = join(directory, "data");
    await mkdir(dataDirectory, { mode: 0o700 });
    if (snapshot !== undefined) await unpackSnapshot(snapshot, dataDirectory);
    const plane = stack.use(await retryWhenAddressInUse(() => start(directory, dataDirectory)));
    if (snapshot === undefined) await installCrds(plane.client, crds);
    const kubeconfig = join(directory, "kubeconfig");
    await writeFile(kubeconfig, renderKubeconfig(plane), { mode: 0o600 });
    const resources = new Resources(plane.client, crds);
    const owned = stack.move();
    const close = (): Promise<void> => owned.disposeAsync();
    return {
      version: kubernetesComponent.version,
      url: plane.url,
      etcdUrl: plane.etcdUrl,
      token: plane.token,
      ca: plane.ca,
      kubeconfig,
      crds,
      logs: plane.logs,
      request: (method, path, request) => plane.client.request(method, path, request),
      create: async (object, { dryRun = false, strict = true } = {}) => {
        const query = `${dryRun ? "dryRun=All&" : ""}fieldValidation=${strict ? "Strict" : "Ignore"}`;
        return plane.client.request("POST", `${await resources.collectionPath(object)}?${query}`, { body: object });
      },
      kubectl: (args, run) => runProgram(kubernetes.path("kubectl"), [`--kubeconfig=${kubeconfig}`, ...args], run),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function snapshotKey(etcd: string, kubernetes: string, crds: readonly CustomResourceDefinition[]): string {
  return digestOf({ format: "1", etcd, kubernetes, crds: JSON.stringify(crds) }).slice(0, 32);
}

/** JSON is YAML. */
function renderKubeconfig({ url, ca, token }: ControlPlane): string {
  const name = "idstack-real";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: url, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
