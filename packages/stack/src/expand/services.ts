import { checkImage, deployment, type EnvValue, service, serviceAccount } from "@idstack/cluster";
import { externalSecret } from "@idstack/external-secrets";
import type { Diagnostic, KubeObject } from "@idstack/manifests";
import type { PodLabels } from "@idstack/policy";
import type { ConfigMap } from "@idstack/schemas/v1";
import { authorizationOf, hasIdentity, serviceId } from "../authorization.ts";
import type { ServiceInput, StackDeclaration } from "../declaration.ts";
import { connect, hostPeer, reachOut } from "./connect.ts";
import { databaseName, expandDatabase } from "./databases.ts";
import { merge, type Part, part } from "./part.ts";
import { storeRef } from "./secrets.ts";

const AUTHORIZATION_FOLDER = "/etc/idstack";

/** Pods of a service, as policies select them. */
export function podsOf(stack: StackDeclaration, name: string): PodLabels {
  return { namespace: stack.services[name]?.namespace ?? "", labels: { "app.kubernetes.io/name": name } };
}

/** Each service: its workload, and the policies on both sides of every call. */
export function expandServices(stack: StackDeclaration): Part {
  return merge(Object.entries(stack.services).map(([name, input]) => expandService(stack, name, input)));
}

function expandService(stack: StackDeclaration, name: string, input: ServiceInput): Part {
  const pods = podsOf(stack, name);
  const workload = part({
    objects: workloadObjects(stack, name, input),
    diagnostics: checkImage(input.image).map((found): Diagnostic => ({ ...found, path: `services.${name}.image` })),
    intents: [
      ...(input.calls ?? []).flatMap((call) => {
        const target = typeof call === "string" ? call : call.service;
        const port = stack.services[target]?.port ?? 0;
        return connect(
          stack,
          pods,
          podsOf(stack, target),
          [`tcp/${port}`],
          typeof call === "string" ? undefined : call.http,
        );
      }),
      ...(input.egress ?? []).flatMap((destination) => {
        const [host = "", port = ""] = destination.split(":");
        return reachOut(stack, pods, hostPeer(host), [`tcp/${Number(port)}`]);
      }),
    ],
  });
  if (input.database === undefined) return workload;
  const { namespace, database } = input;
  return merge([workload, expandDatabase(stack, { name, namespace, clients: [pods], database })]);
}

function workloadObjects(stack: StackDeclaration, name: string, input: ServiceInput): KubeObject[] {
  const { namespace, image, port, replicas, secrets = {} } = input;
  const head = { name, namespace };
  const identity = hasIdentity(stack, name);
  const secretVariables = Object.keys(secrets);
  const env: Record<string, EnvValue> = {
    PORT: String(port),
    ...input.env,
    ...Object.fromEntries(secretVariables.map((key): [string, EnvValue] => [key, { secret: name, key }])),
    ...(input.database === undefined ? {} : { DATABASE_URL: { secret: `${databaseName(name)}-app`, key: "uri" } }),
    ...(identity ? { IDSTACK_AUTHORIZATION: `${AUTHORIZATION_FOLDER}/authorization.json` } : {}),
  };
  return [
    serviceAccount(head),
    ...(secretVariables.length === 0 ? [] : [externalSecret({ ...head, store: storeRef(stack), data: secrets })]),
    ...(identity ? [authorizationMap(stack, name, namespace)] : []),
    deployment({
      ...head,
      image,
      port,
      env,
      spiffe: identity,
      ...(replicas === undefined ? {} : { replicas }),
      ...(identity ? authorizationMount(name) : {}),
    }),
    service({ ...head, port, ...(input.mtls === true ? { appProtocol: "https" } : {}) }),
  ];
}

function authorizationMount(name: string) {
  return {
    volumes: [{ name: "authorization", configMap: { name: `${name}-authorization` } }],
    volumeMounts: [{ name: "authorization", mountPath: AUTHORIZATION_FOLDER, readOnly: true }],
  };
}

/** The row of the authorization table that the service's code reads. */
function authorizationMap(stack: StackDeclaration, name: string, namespace: string): ConfigMap {
  const table = { [serviceId(stack, name)]: authorizationOf(stack, name) };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `${name}-authorization`, namespace, labels: { "app.kubernetes.io/name": name } },
    data: { "authorization.json": `${JSON.stringify(table, null, 2)}\n` },
  };
}
