import { guardCheck } from "../../internal/guard-check.ts";

/** An encrypted file that cannot be verified or opened by those who should. */
export const sopsBrokenFile = guardCheck(
  ["sops/mac-", "sops/invalid-file", "sops/stray-ciphertext", "sops/recipients-differ", "sops/merge-conflict"],
  {
    id: "sops-broken-file",
    title: "Encrypted file that cannot be verified or opened",
    severity: "error",
    rationale:
      "Without its MAC a file may have been changed by anybody; edited by hand, or encrypted for other keys than its rule names, it fails to decrypt when it is needed most, during recovery.",
    fix: "Restore the file from git and change it with sops; run sops updatekeys after changing recipients.",
    references: ["https://getsops.io/docs/#message-authentication-code"],
    fixtures: { before: ["security/secrets/mac-removed.yaml"], clean: ["secret.yaml"] },
  },
  // In a plain file a conflict is no matter of secrets.
  ({ code, file }, { files }) =>
    code !== "sops/merge-conflict" || files.some(({ path, text }) => path === file && text.includes("ENC[AES256_GCM,")),
);
