import type { KubeObject } from "../src/index.ts";

const metadata = { name: "web", namespace: "apps", labels: { app: "web" } };

/** One realistic object of each kind that is measured: two with large custom schemas, one built in. */
export const samples: readonly KubeObject[] = [
  {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "ApplicationSet",
    metadata,
    spec: {
      generators: [
        { git: { repoURL: "https://git.home.arpa/me/home.git", revision: "HEAD", directories: [{ path: "apps/*" }] } },
      ],
      template: {
        metadata: { name: "{{path.basename}}" },
        spec: {
          project: "home",
          source: { repoURL: "https://git.home.arpa/me/home.git", path: "{{path}}", targetRevision: "HEAD" },
          destination: { server: "https://kubernetes.default.svc", namespace: "{{path.basename}}" },
          syncPolicy: { automated: { selfHeal: true }, syncOptions: ["CreateNamespace=false"] },
        },
      },
    },
  },
  {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata,
    spec: {
      endpointSelector: { matchLabels: { app: "web" } },
      ingress: [
        {
          fromEndpoints: [{ matchLabels: { app: "api" } }],
          toPorts: [
            { ports: [{ port: "8080", protocol: "TCP" }], rules: { http: [{ method: "GET", path: "/v1/.*" }] } },
          ],
        },
      ],
      egress: [
        { toFQDNs: [{ matchName: "api.example.com" }], toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] },
      ],
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: {
          serviceAccountName: "web",
          containers: [
            {
              name: "web",
              image: "ghcr.io/me/web:1.4.2",
              ports: [{ name: "http", containerPort: 8080 }],
              env: [
                { name: "A", value: "b" },
                { name: "C", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
              ],
              resources: { limits: { memory: "256Mi" }, requests: { cpu: "50m" } },
              livenessProbe: { httpGet: { path: "/healthz", port: "http" } },
              securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
            },
          ],
          volumes: [{ name: "config", configMap: { name: "web" } }],
        },
      },
    },
  },
].map((object): KubeObject => object);
