import type { ExtraFile } from "@idstack/manifests";
import { agentConfig, clusterSpiffeId, serverConfig, spireChart } from "@idstack/spire";
import { hasIdentity } from "../authorization.ts";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { merge, type Part, part } from "./part.ts";

/** SPIRE, and one registration for each service that has an identity: no other pod gets an SVID. */
export function expandIdentity(stack: StackDeclaration): Part {
  const { platform, cluster, services } = stack;
  if (platform?.spire === undefined) return merge([]);
  const { chart, crds, objects, endpoints } = spireChart({
    trustDomain: cluster.trustDomain,
    clusterName: cluster.name,
    namespace: platform.namespace,
    ...platform.spire,
  });
  const registrations = Object.entries(services)
    .filter(([name]) => hasIdentity(stack, name))
    .map(([name, { namespace }]) =>
      part(["services", name], {
        objects: [
          clusterSpiffeId({
            name: `${namespace}-${name}`,
            namespaces: [namespace],
            pods: { "app.kubernetes.io/name": name },
            dnsNames: [name, `${name}.${namespace}.svc`],
          }),
        ],
      }),
    );
  return merge([part(["platform", "spire"], { charts: [crds, chart], objects, endpoints }), ...registrations]);
}

/**
 * The configuration files of SPIRE itself: what the chart mounts in the cluster, for reading, and for machines outside
 * that join the trust domain with a token.
 */
export function spireFiles(stack: StackDeclaration): ExtraFile[] {
  const { platform, cluster } = stack;
  if (platform?.spire === undefined) return [];
  const { trustDomain, name } = cluster;
  const server = serverConfig({
    trustDomain,
    ...platform.spire,
    nodeAttestors: [
      { type: "k8s_psat", clusters: { [name]: { serviceAccounts: [`${platform.namespace}:spire-agent`] } } },
      { type: "join_token" },
    ],
    bundleConfigMap: { namespace: platform.namespace, name: "spire-bundle" },
  });
  const agent = agentConfig({
    trustDomain,
    serverAddress: `spire-server.${platform.namespace}.svc`,
    cluster: name,
    workloadAttestors: [{ type: "k8s" }],
    bootstrap: { bundlePath: "/run/spire/bundle/bundle.crt" },
  });
  return [
    { path: "_spire/server.conf", text: server },
    { path: "_spire/agent.conf", text: agent },
  ];
}
