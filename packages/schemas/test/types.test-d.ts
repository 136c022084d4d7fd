import type { Deployment, StatefulSet } from "@idstack/schemas/apps/v1";
import type { TracingPolicy } from "@idstack/schemas/cilium.io/v1alpha1";
import type { CiliumNetworkPolicy } from "@idstack/schemas/cilium.io/v2";
import type { LabelSelector as MetaLabelSelector, Quantity } from "@idstack/schemas/meta/v1";
import type { NetworkPolicy, NetworkPolicyPort } from "@idstack/schemas/networking.k8s.io/v1";
import type { ClusterSPIFFEID } from "@idstack/schemas/spire.spiffe.io/v1alpha1";
import type {
  Container,
  IntOrString,
  LabelSelector,
  Namespace,
  ObjectMeta,
  PodSpec,
  Secret,
  Service,
} from "@idstack/schemas/v1";

// Compiled by `tsc -p tsconfig.json` and by types.test.ts, never run.
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function is<T extends true>(): T | undefined {
  return undefined;
}

is<Equal<Deployment["apiVersion"], "apps/v1">>();
is<Equal<Deployment["kind"], "Deployment">>();
is<Equal<IntOrString, number | string>>();
is<Equal<Quantity, number | string>>();
is<Equal<LabelSelector, MetaLabelSelector>>();
is<Equal<NetworkPolicyPort["port"], number | string | undefined>>();
is<Equal<NonNullable<Container["imagePullPolicy"]>, "Always" | "IfNotPresent" | "Never">>();
is<Equal<Secret["data"], { [key: string]: string } | undefined>>();
is<Equal<ClusterSPIFFEID["spec"]["spiffeIDTemplate"], string>>();

export const namespace: Namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } };
const metadata: ObjectMeta = { name: "web", labels: { a: "b" } };

// @ts-expect-error Property 'apiVersion' is missing
export const noVersion: Namespace = { kind: "Namespace" };
// @ts-expect-error Type '"v2"' is not assignable to type '"v1"'
export const wrongVersion: Namespace = { apiVersion: "v2", kind: "Namespace" };
// @ts-expect-error 'lables' does not exist in type 'ObjectMeta', did you mean 'labels'
export const misspelt: ObjectMeta = { lables: { a: "b" } };
// @ts-expect-error Property 'containers' is missing
export const noContainers: PodSpec = {};
// @ts-expect-error Type '"tcp"' is not assignable to type '"SCTP" | "TCP" | "UDP"'
export const lowerCase: Service["spec"] = { ports: [{ port: 80, protocol: "tcp" }] };
// @ts-expect-error with exactOptionalPropertyTypes a field is there or it is not
export const undefinedName: ObjectMeta = { name: undefined };

export const policy: NetworkPolicy = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata,
  spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ ports: [{ port: "http" }, { port: 80 }] }] },
};
type Rule = NonNullable<NonNullable<CiliumNetworkPolicy["spec"]>["ingress"]>[number];
export const rule: Rule = { fromEndpoints: [{ matchLabels: { app: "web" } }] };
// @ts-expect-error 'fromEndpoint' does not exist, did you mean 'fromEndpoints'
export const misspeltRule: Rule = { fromEndpoint: [] };
// A required field of a custom resource that has a default may be left out.
type Kprobe = NonNullable<TracingPolicy["spec"]["kprobes"]>[number];
export const kprobe: Kprobe = { call: "sys_write", args: [{ index: 0 }] };
// A kind inside another one needs no apiVersion and kind.
type Claims = NonNullable<StatefulSet["spec"]>["volumeClaimTemplates"];
export const claims: Claims = [{ metadata, spec: { accessModes: ["ReadWriteOnce"] } }];
