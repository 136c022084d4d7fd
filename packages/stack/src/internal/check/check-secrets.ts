import type { Path } from "@idstack/manifests";
import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import { urlHost } from "../../expand/connect.ts";
import { encryptedFiles, fileName } from "../../expand/encrypted-files.ts";
import { isClusterName } from "../addresses.ts";
import { checkNamespace, type Report } from "./report.ts";

/** Every secret has a store to come from, every encrypted file a place of its own. */
export function checkSecrets(stack: StackDeclaration, report: Report): void {
  if (stack.secretStore === undefined) {
    for (const path of secretPaths(stack)) {
      report("stack/needs", path, "has no store to come from.", "Declare `secretStore: bitwarden({ … })`.");
    }
  }
  if (stack.backups !== undefined && isClusterName(urlHost(stack.backups.endpoint).host)) {
    report(
      "stack/conflict",
      ["backups", "endpoint"],
      "is inside the cluster: backups there are lost with it, and no policy can allow the name.",
      "Name an endpoint outside.",
    );
  }
  checkEncrypted(stack, report);
}

function secretPaths({ backups, platform, services }: StackDeclaration): Path[] {
  const { authentik, certManager } = platform ?? {};
  return [
    ...(backups === undefined ? [] : [["backups", "credentials"]]),
    ...(certManager !== undefined && "acme" in certManager ? [["platform", "certManager", "acme", "token"]] : []),
    ...(authentik === undefined ? [] : [["platform", "authentik", "secretKey"]]),
    ...Object.entries(services).flatMap(([name, { secrets = {} }]) =>
      Object.keys(secrets).map((variable) => ["services", name, "secrets", variable]),
    ),
  ];
}

function checkEncrypted(stack: StackDeclaration, report: Report): void {
  const taken = new Map<string, string>();
  for (const { source, path, namespace } of encryptedFiles(stack)) {
    const at = ["sops", "files", source];
    checkNamespace(stack, at, namespace, report);
    const other = taken.get(path);
    if (other !== undefined) {
      report("stack/name-taken", at, `has the file name of ${other} in the same namespace.`, "Rename one of them.");
    }
    taken.set(path, source);
    if (["kustomization.yaml", "ksops.yaml"].includes(fileName(source))) {
      report("stack/name-taken", at, "has the name of a file that decrypts the others.", "Rename it.");
    }
  }
}
