import type { ClusterSecretStore } from "@idstack/schemas/external-secrets.io/v1";
import type { BitwardenStore, KeyRef } from "../bitwarden.ts";

type Provider = NonNullable<ClusterSecretStore["spec"]>["provider"];

/** The provider as stores write it. A store of one namespace must not name it: pass the namespace to leave it out. */
export function bitwardenProvider(store: BitwardenStore, namespace?: string): Provider {
  const { credentials, ca, apiUrl, identityUrl } = store;
  return {
    bitwardensecretsmanager: {
      ...(apiUrl !== undefined && { apiURL: apiUrl }),
      ...(identityUrl !== undefined && { identityURL: identityUrl }),
      auth: { secretRef: { credentials: reference(credentials, "credentials", namespace) } },
      bitwardenServerSDKURL: store.server,
      ...("bundle" in ca
        ? { caBundle: ca.bundle }
        : { caProvider: { type: ca.kind, ...reference(ca, "ca", namespace) } }),
      organizationID: store.organization,
      projectID: store.project,
    },
  };
}

function reference(ref: Omit<KeyRef, "kind">, what: string, own: string | undefined) {
  if (own !== undefined && ref.namespace !== own) {
    throw new TypeError(`SecretStore: ${what} is in "${ref.namespace}", but a store of "${own}" reads only there`);
  }
  return { name: ref.name, key: ref.key, ...(own === undefined && { namespace: ref.namespace }) };
}
