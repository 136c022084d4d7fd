import { guardCheck } from "../../internal/guard-check.ts";

/** A private key, or a token of a well-known service, in any file. */
export const privateKeyInTree = guardCheck(["sops/private-key", "sops/token"], {
  id: "private-key-in-tree",
  title: "Private key or token in the repository",
  severity: "error",
  rationale:
    "Everybody with a clone has it. For an age key that means every secret of the repository, in all of its history.",
  fix: "Treat it as leaked: make a new one, revoke the old or replace it wherever it was used, and keep the new one out of the tree.",
  fixtures: { before: ["infra/argocd/private-key-committed.pem"], clean: [".sops.yaml"] },
});
