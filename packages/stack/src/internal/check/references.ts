import { type Diagnostic, formatPath } from "@idstack/manifests";
import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import { checkCluster } from "./check-cluster.ts";
import { checkHosts } from "./check-hosts.ts";
import { checkNamespaces } from "./check-namespaces.ts";
import { checkObjects } from "./check-objects.ts";
import { checkPlatform } from "./check-platform.ts";
import { checkRuntime } from "./check-runtime.ts";
import { checkSecrets } from "./check-secrets.ts";
import { checkService } from "./check-service.ts";
import { checkStore } from "./check-store.ts";
import type { Report } from "./report.ts";

/** Checks what the shape cannot: that names refer to something, and that what one setting needs is there. */
export function checkReferences(stack: StackDeclaration): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report: Report = (code, path, message, help) => {
    found.push({ code, severity: "error", message, path: formatPath(path), help });
  };
  checkCluster(stack, report);
  checkNamespaces(stack, report);
  checkPlatform(stack, report);
  checkStore(stack, report);
  checkSecrets(stack, report);
  for (const [name, service] of Object.entries(stack.services)) checkService(stack, name, service, report);
  checkHosts(stack, report);
  checkRuntime(stack, report);
  found.push(...checkObjects(stack));
  return found;
}
