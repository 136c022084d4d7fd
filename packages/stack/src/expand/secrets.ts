import { clusterSecretStore, externalSecret } from "@idstack/external-secrets";
import type { StackDeclaration } from "../declaration.ts";
import { type Part, part } from "./part.ts";

/** The Secret with the keys ACCESS_KEY_ID and ACCESS_SECRET_KEY, in each namespace with a database that is backed up. */
export const BACKUP_SECRET = "s3-backup";

/** Name of the declared store. */
export function storeRef(stack: StackDeclaration): string {
  if (stack.secretStore === undefined) throw new TypeError("a secret is declared without a secretStore");
  return stack.secretStore.provider;
}

/** The store, open to the namespaces that have secrets in it and to no other, and the backup credentials. */
export function expandSecrets(stack: StackDeclaration): Part {
  const { secretStore, backups } = stack;
  if (secretStore === undefined) return part({});
  return part({
    objects: [
      clusterSecretStore({ name: storeRef(stack), provider: secretStore, namespaces: namespacesWithSecrets(stack) }),
      ...(backups === undefined
        ? []
        : namespacesWithBackups(stack).map((namespace) =>
            externalSecret({
              name: BACKUP_SECRET,
              namespace,
              store: storeRef(stack),
              data: {},
              // One secret of the store holds both keys, as JSON.
              spec: { dataFrom: [{ extract: { key: backups.credentials.secret } }] },
            }),
          )),
    ],
  });
}

function namespacesWithSecrets(stack: StackDeclaration): string[] {
  const { platform, services } = stack;
  const ofServices = Object.values(services)
    .filter(({ secrets }) => Object.keys(secrets ?? {}).length > 0)
    .map(({ namespace }) => namespace);
  const ofPlatform = [
    platform?.authentik?.namespace,
    platform?.certManager !== undefined && "acme" in platform.certManager ? platform.namespace : undefined,
  ];
  const all = [...ofServices, ...namespacesWithBackups(stack), ...ofPlatform];
  return [...new Set(all.filter((name) => name !== undefined))].sort();
}

/** Namespaces whose databases are backed up. */
function namespacesWithBackups(stack: StackDeclaration): string[] {
  const { authentik } = stack.platform ?? {};
  const owners = [...Object.values(stack.services), ...(authentik === undefined ? [] : [authentik])];
  const backedUp = owners.filter(({ database }) => database !== undefined && typeof database.backup === "string");
  return [...new Set(backedUp.map(({ namespace }) => namespace))].sort();
}
