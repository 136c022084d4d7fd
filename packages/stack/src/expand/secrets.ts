import { clusterSecretStore, externalSecret, type SecretRef } from "@idstack/external-secrets";
import { groupOf } from "@idstack/manifests";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { BACKUP_SECRET, namespacesWithBackups } from "./backups.ts";
import { merge, type Part, part } from "./part.ts";

/** Name of the declared store. */
export function storeRef(stack: StackDeclaration): string {
  if (stack.secretStore === undefined) throw new TypeError("a secret is declared without a secretStore");
  return stack.secretStore.provider;
}

/** The store, open to the namespaces that have secrets in it and to no other, and the backup credentials. */
export function expandSecrets(stack: StackDeclaration): Part {
  const { secretStore, backups } = stack;
  if (secretStore === undefined) return merge([]);
  const namespaces = namespacesWithSecrets(stack);
  return merge([
    part(["secretStore"], {
      // Without a namespace the store would be open to all of them.
      objects:
        namespaces.length === 0
          ? []
          : [clusterSecretStore({ name: storeRef(stack), provider: secretStore, namespaces })],
    }),
    part(["backups", "credentials"], {
      objects:
        backups === undefined
          ? []
          : namespacesWithBackups(stack).map((namespace) => backupSecret(stack, namespace, backups.credentials)),
    }),
  ]);
}

/** One secret of the store holds both keys, as JSON. */
function backupSecret(stack: StackDeclaration, namespace: string, { secret, property, version }: SecretRef) {
  const extract = {
    key: secret,
    ...(property === undefined ? {} : { property }),
    ...(version === undefined ? {} : { version }),
  };
  return externalSecret({
    name: BACKUP_SECRET,
    namespace,
    store: storeRef(stack),
    data: {},
    spec: { dataFrom: [{ extract }] },
  });
}

function namespacesWithSecrets(stack: StackDeclaration): string[] {
  const { platform, services, objects = [] } = stack;
  const ofServices = Object.values(services)
    .filter(({ secrets }) => Object.keys(secrets ?? {}).length > 0)
    .map(({ namespace }) => namespace);
  const ofPlatform = [
    platform?.authentik?.namespace,
    platform?.certManager !== undefined && "acme" in platform.certManager ? platform.namespace : undefined,
  ];
  const ofObjects = objects
    .filter(({ apiVersion, kind }) => groupOf(apiVersion) === "external-secrets.io" && kind === "ExternalSecret")
    .map(({ metadata }) => metadata?.namespace);
  const all = [...ofServices, ...namespacesWithBackups(stack), ...ofPlatform, ...ofObjects];
  return [...new Set(all.filter((name) => name !== undefined))].sort();
}
