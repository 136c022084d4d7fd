import { guardCheck } from "../../internal/guard-check.ts";

/** A file, or a value in it, that a rule of sops selects and that is plaintext. */
export const sopsNotEncrypted = guardCheck(
  ["sops/not-encrypted", "sops/plain-value", "sops/selection-differs"],
  {
    id: "sops-not-encrypted",
    title: "File that sops should have encrypted",
    severity: "error",
    rationale:
      "The creation rule says that the file holds secrets, and it is readable: somebody saved it without sops. What was pushed stays in the history.",
    fix: "Change the values, then encrypt the file before it is committed; a pre-commit hook keeps it from happening again.",
    references: ["https://getsops.io/docs/#using-sopsyaml-conf-to-select-kms-pgp-and-age-for-new-files"],
    fixtures: { before: ["security/secrets/mail-not-encrypted.yaml"], clean: ["secret.yaml"] },
  },
  // A plain Secret in the file has a check of its own, which says more.
  ({ file, code }, context) =>
    code !== "sops/not-encrypted" ||
    !context.sopsDiagnostics().some((other) => other.file === file && other.code === "sops/plain-secret"),
);
