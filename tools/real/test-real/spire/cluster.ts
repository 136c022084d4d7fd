import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnyObject, type Kubernetes, startKubernetes } from "../../src/index.ts";

/** What the example's SPIRE finds in its cluster: its ConfigMap, and an agent's pod on a node. */
export interface AgentCluster extends AsyncDisposable {
  readonly kubernetes: Kubernetes;
  readonly nodeUid: string;
  /** The `bundle.crt` that the server keeps in the ConfigMap. */
  publishedBundle(): Promise<string>;
  /** Writes a token as the kubelet projects it into a pod of that service account. */
  projectToken(serviceAccount: string, directory: string): Promise<string>;
}

const namespace = "infra";
const node = "node-1";
/** The default of the server's attestor. */
const audience = "spire-server";

/** Starts an API server and creates what there has to be. */
export async function startAgentCluster(serviceAccounts: readonly string[]): Promise<AgentCluster> {
  const kubernetes = await startKubernetes({ crds: [] });
  try {
    const create = async (object: AnyObject & { readonly spec?: unknown }): Promise<string> => {
      const { status, body } = await kubernetes.create(object);
      if (status !== 201) throw new Error(`${object.kind}: ${status} ${JSON.stringify(body)}`);
      return (body as { metadata: { uid: string } }).metadata.uid;
    };
    await create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "spire-bundle", namespace } });
    const nodeUid = await create({ apiVersion: "v1", kind: "Node", metadata: { name: node } });
    const podUids = new Map<string, string>();
    for (const name of serviceAccounts) {
      await create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } });
      const containers = [{ name: "agent", image: "registry.invalid/agent:1" }];
      const spec = { serviceAccountName: name, nodeName: node, containers };
      podUids.set(name, await create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec }));
    }
    return {
      kubernetes,
      nodeUid,
      async publishedBundle() {
        const { body } = await kubernetes.request("GET", `/api/v1/namespaces/${namespace}/configmaps/spire-bundle`);
        return (body as { data?: Record<string, string> }).data?.["bundle.crt"] ?? "";
      },
      async projectToken(name, directory) {
        const boundObjectRef = { apiVersion: "v1", kind: "Pod", name, uid: podUids.get(name) };
        const { status, body } = await kubernetes.request(
          "POST",
          `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
          {
            body: {
              apiVersion: "authentication.k8s.io/v1",
              kind: "TokenRequest",
              spec: { audiences: [audience], boundObjectRef },
            },
          },
        );
        if (status !== 201) throw new Error(`token of ${name}: ${status} ${JSON.stringify(body)}`);
        const path = join(directory, `${name}.token`);
        await writeFile(path, (body as { status: { token: string } }).status.token, { mode: 0o600 });
        return path;
      },
      [Symbol.asyncDispose]: () => kubernetes.close(),
    };
  } catch (error) {
    await kubernetes.close();
    throw error;
  }
}
