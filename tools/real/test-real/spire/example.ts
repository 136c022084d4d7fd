import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SpireAgentFacts, SpireServerFacts } from "../../src/index.ts";

const folder = join(import.meta.dirname, "../../../../examples/identity-stack/rendered/_spire");

/** The files that the example renders, as they are. */
export const exampleFiles = { server: join(folder, "server.conf"), agent: join(folder, "agent.conf") } as const;

export async function readExample(): Promise<{ readonly server: string; readonly agent: string }> {
  const [server, agent] = await Promise.all([
    readFile(exampleFiles.server, "utf8"),
    readFile(exampleFiles.agent, "utf8"),
  ]);
  return { server, agent };
}

/** What in this test stands for the cluster that the files are meant for. */
export interface Surroundings {
  readonly kubeconfig: string;
  /** File with the projected token of the agent's service account. */
  readonly tokenPath: string;
  readonly healthPorts: { readonly server: number; readonly agent: number };
}

/** The server's file with the addresses and paths of this machine; everything else stays. */
export function serverHere(text: string, facts: SpireServerFacts, { kubeconfig, healthPorts }: Surroundings): string {
  return edit(text, [
    [/(?<=bind_address = )"0\.0\.0\.0"/g, quote(facts.bindAddress)],
    [/(?<=bind_port = )8081/, String(facts.bindPort)],
    [/(?<=bind_port = )"8080"/, quote(String(healthPorts.server))],
    [/(?<=socket_path = ).+/, quote(facts.socketPath)],
    [/\/run\/spire\/data/g, facts.dataDirectory],
    [/^( *)"service_account_allow_list".*$/m, `$&\n$1"kube_config_file" = ${quote(kubeconfig)}`],
    [/^( *)config_map_key = .*$/m, `$&\n$1kube_config_file_path = ${quote(kubeconfig)}`],
  ]);
}

/** The agent's file likewise; workloads are recognised as processes, since there is no kubelet. */
export function agentHere(text: string, facts: SpireAgentFacts, { tokenPath, healthPorts }: Surroundings): string {
  return edit(text, [
    [/(?<=bind_address = )"0\.0\.0\.0"/, quote(facts.serverAddress)],
    [/(?<=bind_port = )"8080"/, quote(String(healthPorts.agent))],
    [/(?<=server_address = ).+/, quote(facts.serverAddress)],
    [/(?<=server_port = ).+/, String(facts.serverPort)],
    [/(?<=socket_path = ).+/, quote(facts.socketPath)],
    [/(?<=data_dir = ).+/, quote(facts.dataDirectory)],
    [/(?<=trust_bundle_path = ).+/, quote(facts.trustBundlePath)],
    [/^( *)cluster = .*$/m, `$&\n$1token_path = ${quote(tokenPath)}`],
    [/WorkloadAttestor "k8s"/, 'WorkloadAttestor "unix"'],
    [/^ *node_name_env = .*\n/m, ""],
  ]);
}

/** Every place has to be there: an edit that changes nothing means that the example has changed. */
function edit(text: string, edits: readonly (readonly [RegExp, string])[]): string {
  return edits.reduce((now, [place, replacement]) => {
    const next = now.replace(place, replacement);
    if (next === now) throw new Error(`nothing to replace at ${place}`);
    return next;
  }, text);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
