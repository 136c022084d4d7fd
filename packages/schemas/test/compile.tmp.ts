import type { Deployment } from "@idstack/schemas/apps/v1";
import type { Namespace, ObjectMeta, PodSpec } from "@idstack/schemas/v1";
import type { CiliumNetworkPolicy } from "@idstack/schemas/cilium.io/v2";
export const d: Deployment = { apiVersion: "apps/v1", kind: "Deployment", spec: { selector: {}, template: { spec: { containers: [{ name: "x", ports: [{ containerPort: 1 }] }] } } } };
export type X = [Namespace, ObjectMeta, PodSpec, CiliumNetworkPolicy];
