import { isMapping } from "../internal/plain.ts";
import { isQualifiedName } from "./check-labels.ts";
import { show } from "./describe.ts";
import type { Problem } from "./problem.ts";

/** `metadata.ownerReferences`: complete, at most one controller, and no Event. */
export function ownerProblems(owners: readonly unknown[]): Problem[] {
  const problem = (path: (string | number)[], message: string, help: string): Problem => ({
    code: "metadata",
    path: ["metadata", "ownerReferences", ...path],
    message,
    help,
  });
  const found: Problem[] = [];
  let controllers = 0;
  owners.forEach((owner, index) => {
    if (!isMapping(owner)) return;
    for (const field of ["apiVersion", "kind", "name", "uid"]) {
      if (owner[field] === "") found.push(problem([index, field], `${field} is empty`, `Give ${field} a value.`));
    }
    const { apiVersion, kind } = owner;
    if (typeof apiVersion === "string" && (apiVersion.endsWith("/") || apiVersion.split("/").length > 2)) {
      found.push(problem([index, "apiVersion"], `${show(apiVersion)} names no version`, "Write group/version."));
    }
    if (apiVersion === "v1" && kind === "Event") found.push(problem([index], "an Event owns nothing", "Remove it."));
    if (owner["controller"] === true && ++controllers === 2) {
      found.push(
        problem([index, "controller"], "there is another controller", "Leave controller true for one of them."),
      );
    }
  });
  return found;
}

/** `metadata.finalizers`: qualified names, and not both ways of deleting dependents. */
export function finalizerProblems(finalizers: readonly unknown[]): Problem[] {
  const path = ["metadata", "finalizers"];
  const found = finalizers.flatMap((name, index): Problem[] => {
    if (typeof name !== "string" || isQualifiedName(name) || name.includes("${")) return [];
    const message = `${show(name)} is no valid name of a finalizer`;
    return [{ code: "metadata", path: [...path, index], message, help: "Write it like example.com/name." }];
  });
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    const message = "orphan and foregroundDeletion exclude each other";
    found.push({ code: "metadata", path, message, help: "Keep one of them." });
  }
  return found;
}
