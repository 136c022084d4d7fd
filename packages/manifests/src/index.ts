export type { Diagnostic, Path, Severity } from "./diagnostic.ts";
export type { KubeMetadata, KubeObject, ObjectRef } from "./kube-object.ts";
export type { EndpointPort, VirtualEndpoint } from "./virtual-endpoint.ts";
