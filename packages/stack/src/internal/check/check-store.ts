import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import { urlHost } from "../../expand/connect.ts";
import { runsSdkServer } from "../../expand/platform.ts";
import { checkNamespace, type Report } from "./report.ts";

/** The store is served by what the platform runs, at the address where it runs. */
export function checkStore(stack: StackDeclaration, report: Report): void {
  const { secretStore, platform } = stack;
  if (secretStore === undefined) return;
  if (platform?.externalSecrets === undefined) {
    const help = "Declare `platform: { externalSecrets: {} }`.";
    report("stack/needs", ["secretStore"], "needs the External Secrets operator.", help);
    return;
  }
  checkNamespace(stack, ["secretStore", "credentials", "namespace"], secretStore.credentials.namespace, report);
  if (!runsSdkServer(stack)) return;
  const { namespace, certManager } = platform;
  if (certManager === undefined) {
    const help = "Declare `platform.certManager`.";
    report("stack/needs", ["secretStore"], "needs cert-manager, for the certificate of its SDK server.", help);
  }
  const address = `https://bitwarden-sdk-server.${namespace}.svc:9998`;
  const { host, port } = urlHost(secretStore.server);
  const names = [`bitwarden-sdk-server.${namespace}.svc`, `bitwarden-sdk-server.${namespace}.svc.cluster.local`];
  if (!names.includes(host) || port !== 9998) {
    const message = `is not where the SDK server runs: the platform's namespace is "${namespace}".`;
    report("stack/conflict", ["secretStore", "server"], message, `Write \`server: "${address}"\`.`);
  }
  if ("namespace" in secretStore.ca && secretStore.ca.namespace !== namespace) {
    const message = `is not where the SDK server's certificate is: the platform's namespace is "${namespace}".`;
    report(
      "stack/conflict",
      ["secretStore", "ca", "namespace"],
      message,
      `Write \`ca: { namespace: "${namespace}" }\`.`,
    );
  }
}
