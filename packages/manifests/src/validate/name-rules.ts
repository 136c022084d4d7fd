import { isLongName, isShortName } from "./formats/names.ts";

interface NameRule {
  readonly holds: (name: string) => boolean;
  readonly help: string;
}

const dnsName: NameRule = {
  holds: isLongName,
  help: "Use lower-case letters, digits, - and . only, at most 253 characters.",
};
const dnsLabel: NameRule = {
  holds: isShortName,
  help: "Use lower-case letters, digits and - only, at most 63 characters.",
};
/** What the server appends to the name of a CronJob has to fit in as well. */
const cronJob: NameRule = {
  holds: (name) => isLongName(name) && name.length <= 52,
  help: "Use lower-case letters, digits, - and . only, at most 52 characters.",
};
/** What no name may hold is what a URL path cannot. */
const anyPath: NameRule = {
  holds: (name) => name !== "." && name !== ".." && !/[/%]/.test(name),
  help: "A name has no / and no %.",
};

const rules: Readonly<Record<string, NameRule>> = {
  "/Namespace": dnsLabel,
  "/Service": dnsLabel,
  "apps/StatefulSet": dnsLabel,
  "batch/Job": dnsLabel,
  "batch/CronJob": cronJob,
  "/Event": anyPath,
  "certificates.k8s.io/CertificateSigningRequest": anyPath,
  "networking.k8s.io/IPAddress": anyPath,
  "policy/PodDisruptionBudget": anyPath,
};

/** What the API server asks of `metadata.name`. */
export function nameRule(group: string, kind: string): NameRule {
  return rules[`${group}/${kind}`] ?? (group === "rbac.authorization.k8s.io" ? anyPath : dnsName);
}
