import { authentikChart, blueprint, proxyApplication } from "@idstack/authentik";
import { externalSecret } from "@idstack/external-secrets";
import type { HttpRule, PodLabels } from "@idstack/policy";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { apiServer, connect, reachOut } from "./connect.ts";
import { databaseName, expandDatabase } from "./databases.ts";
import { exposeHost, ingressPods } from "./exposure.ts";
import { merge, type Part, part } from "./part.ts";
import { storeRef } from "./secrets.ts";

const NAME = "authentik";
const SECRET = "authentik-secret-key";
const BLUEPRINT = "idstack-applications";
const SOURCE = ["platform", "authentik"] as const;

/** What browsers and the outpost's callbacks send. Methods that only help an attacker (TRACE, CONNECT) are left out. */
const requests: readonly HttpRule[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => ({
  method,
}));

/** Authentik on a database of its own, with an application for every service that asks for single sign-on. */
export function expandAuthentik(stack: StackDeclaration): Part {
  const authentik = stack.platform?.authentik;
  if (authentik === undefined) return merge([]);
  const { namespace, host, database, secretKey } = authentik;
  const baseUrl = `https://${host}`;
  const applications = Object.entries(stack.services).flatMap(([slug, { expose }]) =>
    expose?.sso === undefined ? [] : [proxyApplication({ slug, host: expose.host, groups: expose.sso })],
  );
  const rules =
    applications.length === 0
      ? undefined
      : blueprint({ name: BLUEPRINT, namespace, applications, outpost: { host: baseUrl, namespace } });
  const { chart, objects, endpoints } = authentikChart({
    baseUrl,
    namespace,
    releaseName: NAME,
    secretKey: SECRET,
    database: { cluster: databaseName(NAME) },
    ...(rules === undefined ? {} : { blueprints: [BLUEPRINT] }),
  });
  const server = authentikPods(namespace, "server");
  const worker = authentikPods(namespace, "worker");
  const api = apiServer(stack);
  // Only Cilium reads requests; elsewhere the rule would be lost, and Authentik with it.
  const http = stack.cluster.cni === "cilium" ? requests : undefined;
  return merge([
    part(SOURCE, {
      charts: [chart],
      endpoints,
      objects: [
        externalSecret({ name: SECRET, namespace, store: storeRef(stack), data: { AUTHENTIK_SECRET_KEY: secretKey } }),
        ...(rules?.objects ?? []),
        ...objects,
        ...exposeHost(stack, { host, service: `${namespace}/${NAME}-server`, port: 80, name: NAME }),
      ],
      intents: [
        ...connect(stack, ingressPods(stack), server, 9000, http),
        // The worker registers the Service of the embedded outpost.
        ...reachOut(stack, worker, api.peer, api.port),
      ],
    }),
    expandDatabase(stack, {
      name: NAME,
      namespace,
      clients: [server, worker],
      database,
      source: [...SOURCE, "database"],
    }),
  ]);
}

function authentikPods(namespace: string, component: "server" | "worker"): PodLabels {
  return { namespace, labels: { "app.kubernetes.io/name": NAME, "app.kubernetes.io/component": component } };
}
