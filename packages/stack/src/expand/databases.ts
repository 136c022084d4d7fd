import { databaseBackup, postgresCluster } from "@idstack/backup";
import type { PodLabels } from "@idstack/policy";
import type { DatabaseInput, StackDeclaration } from "../declaration.ts";
import { apiServer, connect, reachOut, urlPeer } from "./connect.ts";
import { type Part, part } from "./part.ts";
import { BACKUP_SECRET } from "./secrets.ts";

/** A database, and who uses it. */
export interface DatabaseOwner {
  readonly name: string;
  readonly namespace: string;
  /** The pods that log in. */
  readonly clients: readonly PodLabels[];
  readonly database: DatabaseInput;
}

/** Name of a service's database cluster; its login is the Secret `<name>-app`. */
export function databaseName(owner: string): string {
  return `${owner}-db`;
}

/** The Cluster with its backups, and what its pods may reach: each other, the API server, the bucket; nothing else. */
export function expandDatabase(
  stack: StackDeclaration,
  { name: owner, namespace, clients, database }: DatabaseOwner,
): Part {
  const name = databaseName(owner);
  const head = { name, namespace, storage: database.size, instances: database.instances };
  const { backups } = stack;
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
  const server = apiServer(stack);
  const bucket = backups === undefined ? undefined : urlPeer(backups.endpoint);
  return part({
    objects: output.objects,
    endpoints: output.endpoints,
    intents: [
      ...[...clients, instances].flatMap((client) => connect(stack, client, instances, ["tcp/5432"])),
      ...connect(stack, operatorPods(stack), instances, ["tcp/8000"]),
      ...reachOut(stack, instances, server.peer, [server.port]),
      ...(bucket === undefined ? [] : reachOut(stack, instances, bucket.peer, [bucket.port])),
    ],
  });
}

function operatorPods(stack: StackDeclaration): PodLabels {
  return {
    namespace: stack.platform?.namespace ?? "cnpg-system",
    labels: { "app.kubernetes.io/name": "cloudnative-pg" },
  };
}
