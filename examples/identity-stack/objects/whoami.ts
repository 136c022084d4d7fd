import { Deployment } from "kubernetes-models/apps/v1";

/** Written with kubernetes-models and rendered unchanged: both kinds of objects mix freely. */
export const whoami = [
  new Deployment({
    metadata: { name: "whoami", namespace: "apps", labels: { "app.kubernetes.io/name": "whoami" } },
    spec: {
      selector: { matchLabels: { "app.kubernetes.io/name": "whoami" } },
      template: {
        metadata: { labels: { "app.kubernetes.io/name": "whoami" } },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "whoami",
              image:
                "docker.io/traefik/whoami:v1.11.0@sha256:200689790a0a0ea48ca45992e0450bc26ccab5307375b41c84dfc4f2475937ab",
              args: ["--port", "8080"],
              ports: [{ name: "http", containerPort: 8080 }],
              resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "32Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
        },
      },
    },
  }),
];
