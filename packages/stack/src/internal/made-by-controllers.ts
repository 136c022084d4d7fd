import { getAt, groupOf, type KubeObject, type ObjectRef } from "@idstack/manifests";

/** Ends of the names that CloudNativePG gives to what it makes for a cluster. */
const ofCluster = {
  Secret: ["-app", "-ca", "-replication", "-server"],
  Service: ["-r", "-ro", "-rw"],
  ServiceAccount: [""],
} as const;

/** Objects that an object's controller will make in the cluster: no other may have their names. */
export function madeByControllers(object: KubeObject): ObjectRef[] {
  const { namespace, name = "" } = object.metadata ?? {};
  const core = (kind: string, as: unknown): ObjectRef[] =>
    typeof as === "string" && namespace !== undefined ? [{ apiVersion: "v1", kind, namespace, name: as }] : [];
  switch (`${groupOf(object.apiVersion)}/${object.kind}`) {
    case "external-secrets.io/ExternalSecret":
      return core("Secret", getAt(object, ["spec", "target", "name"]) ?? name);
    case "cert-manager.io/Certificate":
      return core("Secret", getAt(object, ["spec", "secretName"]));
    case "postgresql.cnpg.io/Cluster":
      return Object.entries(ofCluster).flatMap(([kind, ends]) => ends.flatMap((end) => core(kind, `${name}${end}`)));
    default:
      return [];
  }
}
