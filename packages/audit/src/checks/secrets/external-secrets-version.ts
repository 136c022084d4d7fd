import { groupOf } from "@idstack/manifests";
import { servedVersions } from "@idstack/schemas";
import { defineCheck } from "../../check.ts";

const group = "external-secrets.io";

/** An External Secrets object in a version the operator no longer serves. */
export const externalSecretsVersion = defineCheck(
  {
    id: "external-secrets-version",
    title: "External Secrets apiVersion that is not served",
    severity: "error",
    rationale:
      'The External Secrets Operator stopped serving v1beta1. The API server answers "no matches for kind", the store is never created, and every workload that waits for a secret of it stays down.',
    fix: "Use external-secrets.io/v1; the fields of stores and ExternalSecrets stayed the same.",
    references: ["https://external-secrets.io/latest/introduction/stability-support/"],
    fixtures: {
      before: ["infra/external-secrets/store-version-not-served.yaml"],
      clean: ["external-secrets.yaml"],
    },
  },
  function* (context) {
    for (const document of context.documents) {
      const { apiVersion, kind } = document.object;
      if (groupOf(apiVersion) !== group) continue;
      const served = servedVersions(group, kind);
      if (served.length === 0 || served.some((version) => apiVersion === `${group}/${version}`)) continue;
      yield {
        document,
        path: ["apiVersion"],
        message: `${apiVersion} of ${kind} is not served any more; served is ${served.join(", ")}`,
      };
    }
  },
);
