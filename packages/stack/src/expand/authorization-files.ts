import { createHash } from "node:crypto";
import type { DeploymentOptions } from "@idstack/cluster";
import type { ConfigMap } from "@idstack/schemas/v1";
import { authorizationOf, serviceId } from "../authorization.ts";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";

const FOLDER = "/etc/idstack";

/** Where a service's code finds its row of the authorization table. */
export const AUTHORIZATION_FILE = `${FOLDER}/authorization.json`;

/** The row of the authorization table that a service's code reads, and what mounts it. */
export function authorizationFiles(
  stack: StackDeclaration,
  name: string,
  namespace: string,
): { readonly configMap: ConfigMap; readonly pod: Partial<DeploymentOptions> } {
  const table = { [serviceId(stack, name)]: authorizationOf(stack, name) };
  const text = `${JSON.stringify(table, null, 2)}\n`;
  const configMap = `${name}-authorization`;
  return {
    configMap: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: configMap, namespace, labels: { "app.kubernetes.io/name": name } },
      data: { "authorization.json": text },
    },
    pod: {
      volumes: [{ name: "authorization", configMap: { name: configMap } }],
      volumeMounts: [{ name: "authorization", mountPath: FOLDER, readOnly: true }],
      // A changed table starts new pods: a running program may have read the old one, with a caller since removed.
      podAnnotations: { "idstack.dev/authorization": createHash("sha256").update(text).digest("hex").slice(0, 16) },
    },
  };
}
