import type { Path } from "./diagnostic.ts";

const bareKey = /^[A-Za-z_$][\w$-]*$/;

/**
 * Writes a path as people read it: `spec.ingress[0].fromEndpoints`, and `metadata.labels["app.kubernetes.io/name"]`
 * where a key is no plain word. The root is the empty string.
 *
 * @example
 * ```ts
 * import { formatPath } from "@idstack/manifests";
 * console.log(formatPath(["spec", "ports", 0, "port"])); // spec.ports[0].port
 * ```
 */
export function formatPath(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (!bareKey.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/**
 * The value at a path, or `undefined` where the path leaves the data. Never throws, whatever the data is, and sees own
 * properties only.
 *
 * @example
 * ```ts
 * import { getAt } from "@idstack/manifests";
 * console.log(getAt({ spec: { ports: [{ port: 80 }] } }, ["spec", "ports", 0, "port"])); // 80
 * ```
 */
export function getAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}
