import type { EndpointPort, KubeObject } from "@idstack/manifests";

/** What the program on Cilium's engine (tools/real/go/cilium-policy, request.go) reads and writes, line by line. */
export interface CiliumRequest {
  readonly cluster: {
    readonly name: string;
    readonly ipv6: boolean;
    readonly hostFirewall: boolean;
    readonly enforcement: "default" | "always" | "never";
  };
  readonly namespaces: readonly { readonly name: string; readonly labels: { readonly [key: string]: string } }[];
  readonly endpoints: readonly CiliumEndpoint[];
  readonly policies: readonly KubeObject[];
  readonly services: readonly KubeObject[];
  readonly queries: readonly CiliumQuery[];
}

export interface CiliumEndpoint {
  readonly id: string;
  readonly kind: "pod" | "host" | "remote-node" | "health" | "ingress" | "init" | "unmanaged" | "outside";
  readonly namespace?: string;
  readonly name?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly serviceAccount?: string;
  readonly ports?: readonly EndpointPort[];
  readonly apiServer?: boolean;
  readonly ip?: string;
  readonly fqdn?: string;
}

export interface CiliumQuery {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number;
  readonly http?: { readonly method: string; readonly path: string; readonly host: string; readonly headers: object };
}

export interface CiliumAnswer {
  readonly error?: string;
  readonly parseErrors: readonly {
    readonly policy: string;
    readonly stage: "schema" | "agent";
    readonly error: string;
  }[];
  readonly endpointErrors: readonly { readonly endpoint: string; readonly error: string }[];
  readonly decisions: readonly { readonly egress: CiliumSide; readonly ingress: CiliumSide }[];
}

export interface CiliumSide {
  readonly enforced: boolean;
  readonly failed?: boolean;
  readonly allowed: boolean;
  /** `CiliumNetworkPolicy apps/web spec.ingress[0]`, `default-allow`, `host-exception`; none for a default deny. */
  readonly rules: readonly string[];
  readonly redirect?: boolean;
  readonly httpAllowed?: boolean;
}
