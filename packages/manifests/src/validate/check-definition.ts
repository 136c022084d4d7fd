import { crdProblems, isCrd } from "@idstack/schemas/compile";
import type { KubeObject } from "../kube-object.ts";
import type { Problem } from "./problem.ts";

/** What the API server asks of a CustomResourceDefinition beyond its schema: above all that its schemas are structural. */
export function checkDefinition(object: KubeObject): Problem[] {
  if (!isCrd(object)) return [];
  return crdProblems(object).map(({ path, message, help }) => ({
    code: "definition",
    path,
    part: "key",
    message,
    help,
  }));
}
