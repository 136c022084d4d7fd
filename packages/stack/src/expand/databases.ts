import { databaseBackup, postgresCluster } from "@idstack/backup";
import type { Path } from "@idstack/manifests";
import type { PodLabels } from "@idstack/policy";
import type { DatabaseInput } from "../declaration/service-input.ts";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { BACKUP_SECRET, isBackedUp } from "./backups.ts";
import { apiServer, connect, hostPeer, reachOut, urlHost } from "./connect.ts";
import { merge, type Part, part } from "./part.ts";

/** A database, and who uses it. */
export interface DatabaseOwner {
  readonly name: string;
  readonly namespace: string;
  /** The pods that log in. */
  readonly clients: readonly PodLabels[];
  readonly database: DatabaseInput;
  readonly source: Path;
}

/** Name of a service's database cluster; its login is the Secret `<name>-app`. */
export function databaseName(owner: string): string {
  return `${owner}-db`;
}

/** The Cluster with its backups, and what its pods may reach: each other, the API server, the bucket; nothing else. */
export function expandDatabase(
  stack: StackDeclaration,
  { name: owner, namespace, clients, database, source }: DatabaseOwner,
): Part {
  const name = databaseName(owner);
  const head = { name, namespace, storage: database.size, instances: database.instances };
  const backups = isBackedUp(database) ? stack.backups : undefined;
  const output =
    backups === undefined || typeof database.backup !== "string"
      ? postgresCluster({ ...head, backup: "none" })
      : databaseBackup({
          ...head,
          schedule: database.backup,
          store: {
            destination: `s3://${backups.bucket}/${namespace}/${name}`,
            endpoint: backups.endpoint,
            credentials: { secret: BACKUP_SECRET },
          },
        });

  // The label without the role also covers the jobs that create the database and join replicas.
  const instances: PodLabels = { namespace, labels: { "cnpg.io/cluster": name } };
  const api = apiServer(stack);
  return merge([
    part(source, {
      objects: output.objects,
      endpoints: output.endpoints,
      intents: [
        ...[...clients, instances].flatMap((client) => connect(stack, client, instances, 5432)),
        // The status port: the operator reads it, and a primary asks its replicas whether it is cut off.
        ...[operatorPods(stack), instances].flatMap((client) => connect(stack, client, instances, 8000)),
        // The instance manager in every pod watches its Cluster.
        ...reachOut(stack, instances, api.peer, api.port),
      ],
    }),
    ...(backups === undefined ? [] : [archive(stack, instances, backups.endpoint)]),
  ]);
}

function archive(stack: StackDeclaration, instances: PodLabels, endpoint: string): Part {
  const { host, port } = urlHost(endpoint);
  return part(["backups", "endpoint"], { intents: reachOut(stack, instances, hostPeer(host), port) });
}

/** The CloudNativePG operator, as its chart labels it. */
function operatorPods(stack: StackDeclaration): PodLabels {
  return {
    namespace: stack.platform?.namespace ?? "cnpg-system",
    labels: { "app.kubernetes.io/name": "cloudnative-pg" },
  };
}
