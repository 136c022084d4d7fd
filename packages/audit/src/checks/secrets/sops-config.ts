import { guardCheck } from "../../internal/guard-check.ts";

/** A `.sops.yaml` that does something else than it says. */
export const sopsConfig = guardCheck(
  ["sops/config-"],
  {
    id: "sops-config",
    title: ".sops.yaml that sops reads differently",
    severity: "error",
    rationale:
      "sops ignores a misspelt key and then encrypts everything or nothing; a pattern it cannot compile or a rule without keys stops it when a secret is due.",
    fix: "Correct the creation rule named.",
    references: ["https://getsops.io/docs/#using-sopsyaml-conf-to-select-kms-pgp-and-age-for-new-files"],
    fixtures: { before: ["databases/.sops.yaml"], clean: [".sops.yaml"] },
  },
  ({ code }) => code !== "sops/config-invalid-recipient",
);
