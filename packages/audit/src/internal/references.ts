import type { ManifestDocument, Path, VirtualEndpoint, Workload } from "@idstack/manifests";
import type { AuditContext } from "../context.ts";
import { chartPods } from "./chart-pods.ts";
import { containersOf } from "./containers.ts";
import { listOf, mapAt, mapOf, stringsIn, textOf } from "./read.ts";

/** Text of a pod's configuration, and the pod that reads it. */
export interface Reference {
  readonly pod: VirtualEndpoint;
  readonly text: string;
  /** Last key on the way to the text, such as `DATABASE_HOST`. */
  readonly key: string;
  /** The text is the name of a Secret the pod reads. */
  readonly secret: boolean;
}

/** Everything that pods are configured with: environment, arguments, ConfigMaps and Secrets they read, chart values. */
export function* references(context: AuditContext): Generator<Reference> {
  for (const workload of context.workloads) {
    const pod = context.endpoints.find(({ document }) => document === workload.document);
    if (pod !== undefined) yield* workloadReferences(workload, pod, context);
  }
  for (const install of context.installs) {
    for (const pod of chartPods(install, context)) {
      for (const { text, path } of stringsIn(install.values)) {
        yield { pod, text, key: lastKey(path), secret: /secret/i.test(path.join(".")) };
      }
    }
  }
}

function* workloadReferences(workload: Workload, pod: VirtualEndpoint, context: AuditContext): Generator<Reference> {
  for (const { container } of containersOf(workload)) {
    for (const text of [...listOf(container["command"]), ...listOf(container["args"])].flatMap(one)) {
      yield { pod, text, key: "", secret: false };
    }
    for (const variable of listOf(container["env"]).map(mapOf)) {
      const key = textOf(variable["name"]) ?? "";
      const from = mapOf(variable["valueFrom"]);
      for (const text of one(variable["value"])) yield { pod, text, key, secret: false };
      for (const text of one(mapOf(from["secretKeyRef"])["name"])) yield { pod, text, key, secret: true };
      yield* configured(mapOf(from["configMapKeyRef"]), workload, pod, context);
    }
    for (const source of listOf(container["envFrom"]).map(mapOf)) {
      for (const text of one(mapOf(source["secretRef"])["name"])) yield { pod, text, key: "", secret: true };
      yield* configured(mapOf(source["configMapRef"]), workload, pod, context);
    }
  }
  for (const volume of listOf((workload.podSpec as { volumes?: unknown }).volumes).map(mapOf)) {
    for (const text of one(mapOf(volume["secret"])["secretName"])) yield { pod, text, key: "", secret: true };
    yield* configured(mapOf(volume["configMap"]), workload, pod, context);
  }
}

/** Values of a ConfigMap of the tree, or of the one key that is read. */
function* configured(
  reference: Readonly<Record<string, unknown>>,
  { namespace }: Workload,
  pod: VirtualEndpoint,
  context: AuditContext,
): Generator<Reference> {
  const { name, key } = reference;
  const map = context.ofKind("", "ConfigMap").find((document) => isNamed(document, namespace, name));
  if (map === undefined) return;
  for (const [entry, value] of Object.entries(mapAt(map.object, "data"))) {
    if (key !== undefined && key !== entry) continue;
    for (const text of one(value)) yield { pod, text, key: entry, secret: false };
  }
}

function isNamed({ object }: ManifestDocument, namespace: string, name: unknown): boolean {
  return object.metadata?.name === name && (object.metadata?.namespace ?? "default") === namespace;
}

function one(value: unknown): string[] {
  return typeof value === "string" ? [value] : [];
}

function lastKey(path: Path): string {
  return String(path.findLast((part) => typeof part === "string") ?? "");
}
