import { checkImage, deployment, service, serviceAccount } from "@idstack/cluster";
import { externalSecret } from "@idstack/external-secrets";
import type { KubeObject } from "@idstack/manifests";
import type { PodLabels } from "@idstack/policy";
import { hasIdentity } from "../authorization.ts";
import type { CallInput, ServiceInput } from "../declaration/service-input.ts";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { parseHostAndPort } from "../internal/addresses.ts";
import { authorizationFiles } from "./authorization-files.ts";
import { connect, hostPeer, reachOut } from "./connect.ts";
import { expandDatabase } from "./databases.ts";
import { environmentOf } from "./environment.ts";
import { merge, type Part, part } from "./part.ts";
import { storeRef } from "./secrets.ts";

/** Pods of a service, as policies select them. */
export function podsOf(stack: StackDeclaration, name: string): PodLabels {
  return { namespace: stack.services[name]?.namespace ?? "", labels: { "app.kubernetes.io/name": name } };
}

/** Name of the service that a call goes to. */
export function targetOf(call: string | CallInput): string {
  return typeof call === "string" ? call : call.service;
}

/** Each service: its workload, and the policies on both sides of every call. */
export function expandServices(stack: StackDeclaration): Part {
  return merge(Object.entries(stack.services).map(([name, input]) => expandService(stack, name, input)));
}

function expandService(stack: StackDeclaration, name: string, input: ServiceInput): Part {
  const source = ["services", name];
  const pods = podsOf(stack, name);
  const { namespace, calls = [], egress = [], database } = input;
  return merge([
    part(source, {
      objects: workloadObjects(stack, name, input),
      diagnostics: checkImage(input.image, `services.${name}.image`),
    }),
    ...calls.map((call, index) => {
      const target = targetOf(call);
      const port = stack.services[target]?.port ?? 0;
      const http = typeof call === "string" ? undefined : call.http;
      return part([...source, "calls", index], { intents: connect(stack, pods, podsOf(stack, target), port, http) });
    }),
    ...egress.map((destination, index) => {
      const { host, port } = parseHostAndPort(destination) ?? { host: destination, port: 0 };
      return part([...source, "egress", index], { intents: reachOut(stack, pods, hostPeer(host), port) });
    }),
    ...(database === undefined
      ? []
      : [expandDatabase(stack, { name, namespace, clients: [pods], database, source: [...source, "database"] })]),
  ]);
}

function workloadObjects(stack: StackDeclaration, name: string, input: ServiceInput): KubeObject[] {
  const { namespace, image, port, replicas, secrets = {} } = input;
  const head = { name, namespace };
  const identity = hasIdentity(stack, name);
  const files = identity ? authorizationFiles(stack, name, namespace) : undefined;
  return [
    serviceAccount(head),
    ...(Object.keys(secrets).length === 0 ? [] : [externalSecret({ ...head, store: storeRef(stack), data: secrets })]),
    ...(files === undefined ? [] : [files.configMap]),
    deployment({
      ...head,
      image,
      port,
      env: environmentOf(name, input, identity),
      spiffe: identity,
      ...(replicas === undefined ? {} : { replicas }),
      ...files?.pod,
    }),
    service({ ...head, port, ...(input.mtls === true ? { appProtocol: "https" } : {}) }),
  ];
}
