import type { CompactSchema } from "@idstack/schemas";
import { resolveRef, type Scope } from "./problem.ts";

/**
 * Fields that the schemas of built-in kinds require and the API server does without: Go decodes their absence into a
 * zero value, and the server's code has nothing against that. By definition, or kind for fields at the root. The real
 * suite leaves out every required field and compares.
 */
const fields: Readonly<Record<string, readonly string[]>> = {
  CSIDriver: ["spec"],
  CSINode: ["spec"],
  ControllerRevision: ["revision"],
  DeviceClass: ["spec"],
  ResourceClaim: ["spec"],
  ResourceClaimTemplate: ["spec"],
  "apiextensions.v1.CustomResourceDefinitionVersion": ["served"],
  "batch.v1.PodFailurePolicy": ["rules"],
  "core.v1.HTTPHeader": ["value"],
  "core.v1.ISCSIPersistentVolumeSource": ["lun"],
  "core.v1.ISCSIVolumeSource": ["lun"],
  "core.v1.LimitRangeSpec": ["limits"],
  "core.v1.PreferredSchedulingTerm": ["preference"],
  "core.v1.ScaleIOPersistentVolumeSource": ["secretRef"],
  "core.v1.ScaleIOVolumeSource": ["secretRef"],
  "core.v1.SleepAction": ["seconds"],
  "core.v1.Sysctl": ["value"],
  "discovery.v1.ForZone": ["name"],
  "meta.v1.FieldSelectorRequirement": ["operator"],
  "resource.v1.Counter": ["value"],
  "resource.v1.DeviceCapacity": ["value"],
  "resource.v1.ResourceClaimTemplateSpec": ["spec"],
  "resource.v1.ResourcePool": ["generation"],
  "storage.v1.CSINodeSpec": ["drivers"],
  "storage.v1.TokenRequest": ["audience"],
};

/** Whether the server takes a mapping without a field that its schema requires. */
export function isNotEnforced(
  field: string,
  schema: CompactSchema,
  { native, definitions, path, kind }: Scope,
): boolean {
  if (!native) return false;
  // A claim without a source of this kind is created empty; an Ingress without one is refused.
  if (schema === definitions["core.v1.TypedLocalObjectReference"])
    return field === "kind" && path.at(-1) === "dataSource";
  if (path.length === 0) return fields[kind]?.includes(field) === true;
  return Object.entries(fields).some(([name, names]) => names.includes(field) && definitions[name] === schema);
}

const zeroValues: Readonly<Record<string, string>> = {
  object: "{}",
  array: "[]",
  string: '""',
  integer: "0",
  boolean: "false",
};

/** What Go makes of a value that is not there, as YAML. */
export function zeroValue(schema: CompactSchema, scope: Scope): string {
  const { type } = resolveRef(schema, scope);
  return zeroValues[String(type)] ?? (type === undefined ? "nothing" : "0");
}
