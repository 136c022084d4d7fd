import { defineCheck } from "../../check.ts";

/** A secret store whose provider key External Secrets does not know. */
export const externalSecretsProvider = defineCheck(
  {
    id: "external-secrets-provider",
    title: "External Secrets provider that does not exist",
    severity: "error",
    rationale:
      "The provider is chosen by its key below spec.provider. A key that does not exist is refused or dropped, the store has no provider, and no ExternalSecret of it ever becomes ready.",
    fix: "Use the provider's key as External Secrets spells it: bitwardensecretsmanager for Bitwarden Secrets Manager.",
    references: ["https://external-secrets.io/latest/provider/bitwarden-secrets-manager/"],
    fixtures: {
      before: ["infra/external-secrets/store-provider-unknown.yaml"],
      clean: ["external-secrets.yaml"],
    },
  },
  function* (context) {
    for (const document of context.ofKind("external-secrets.io", "SecretStore", "ClusterSecretStore")) {
      for (const { code, path, help } of context.schemaDiagnostics(document)) {
        const key = /^spec\.provider\.(\w+)$/.exec(path ?? "")?.[1];
        if (code !== "unknown-field" || key === undefined) continue;
        yield {
          document,
          path: ["spec", "provider", key],
          message: `\`${key}\` is no provider of External Secrets`,
          help: key === "bitwarden" ? undefined : help,
        };
      }
    }
  },
);
