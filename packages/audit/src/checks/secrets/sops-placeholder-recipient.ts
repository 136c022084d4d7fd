import { guardCheck } from "../../internal/guard-check.ts";

/** A `.sops.yaml` whose recipient is a placeholder, or otherwise no key. */
export const sopsPlaceholderRecipient = guardCheck(["sops/config-invalid-recipient"], {
  id: "sops-placeholder-recipient",
  title: ".sops.yaml with a placeholder recipient",
  severity: "error",
  rationale:
    "With a recipient that is no age public key sops refuses to encrypt, so the first secret is committed in plain text “for now”, and stays in the history.",
  fix: "Put the public key that age-keygen prints (age1…) into the creation rule; keep the private key out of the repository.",
  references: ["https://getsops.io/docs/#encrypting-using-age"],
  fixtures: { before: [".sops.yaml"], clean: [".sops.yaml"] },
});
