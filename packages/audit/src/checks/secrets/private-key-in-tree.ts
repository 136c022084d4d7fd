import { guardCheck } from "../../internal/guard-check.ts";

/** A private key in any file. */
export const privateKeyInTree = guardCheck(["sops/private-key"], {
  id: "private-key-in-tree",
  title: "Private key in the repository",
  severity: "error",
  rationale:
    "Everybody with a clone has the key. For an age key that means every secret of the repository, in all of its history.",
  fix: "Treat the key as leaked: make a new one, replace the old wherever it was used, and keep the new one out of the tree.",
  fixtures: { before: ["infra/argocd/private-key-committed.pem"], clean: [".sops.yaml"] },
});
