import { describe, expect, it } from "vitest";
import { deployment } from "../src/index.ts";

const image = "ghcr.io/me/web:1.4.2";
const base = { name: "web", namespace: "apps", image };
const podOf = (options: Partial<Parameters<typeof deployment>[0]>) =>
  deployment({ ...base, ...options }).spec?.template.spec;

describe("deployment", () => {
  it("is restricted, probed and limited without being asked", () => {
    expect(deployment({ ...base, port: 8080 })).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "apps", labels: { "app.kubernetes.io/name": "web" } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { "app.kubernetes.io/name": "web" } },
        template: {
          metadata: { labels: { "app.kubernetes.io/name": "web" } },
          spec: {
            serviceAccountName: "web",
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: "web",
                image,
                ports: [{ name: "main", containerPort: 8080, protocol: "TCP" }],
                resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
                readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 10 },
                livenessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 20, failureThreshold: 6 },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ["ALL"] },
                  readOnlyRootFilesystem: true,
                  runAsNonRoot: true,
                },
                volumeMounts: [{ name: "writable-0", mountPath: "/tmp" }],
              },
            ],
            volumes: [{ name: "writable-0", emptyDir: {} }],
          },
        },
      },
    });
  });

  it("reaches the Workload API through the CSI driver, never through a hostPath", () => {
    const pod = podOf({ spiffe: true, writablePaths: [] });
    expect(pod?.volumes).toEqual([{ name: "spiffe-workload-api", csi: { driver: "csi.spiffe.io", readOnly: true } }]);
    expect(pod?.containers[0]?.volumeMounts).toEqual([
      { name: "spiffe-workload-api", mountPath: "/spiffe-workload-api", readOnly: true },
    ]);
    expect(pod?.containers[0]?.env).toEqual([
      { name: "SPIFFE_ENDPOINT_SOCKET", value: "unix:///spiffe-workload-api/spire-agent.sock" },
    ]);
    const other = podOf({ spiffe: { socket: "api.sock", mountPath: "/run/spiffe" } });
    expect(other?.containers[0]?.env?.[0]?.value).toBe("unix:///run/spiffe/api.sock");
  });

  it("takes variables from Secrets, ConfigMaps and the pod", () => {
    const pod = podOf({
      env: {
        MODE: "prod",
        API_KEY: { secret: "api", key: "API_KEY" },
        THEME: { configMap: "ui", key: "theme", optional: true },
        POD_IP: { field: "status.podIP" },
      },
      envFromSecrets: ["more"],
    });
    expect(pod?.containers[0]?.env).toEqual([
      { name: "MODE", value: "prod" },
      { name: "API_KEY", valueFrom: { secretKeyRef: { name: "api", key: "API_KEY" } } },
      { name: "THEME", valueFrom: { configMapKeyRef: { name: "ui", key: "theme", optional: true } } },
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ]);
    expect(pod?.containers[0]?.envFrom).toEqual([{ secretRef: { name: "more" } }]);
  });

  it("asks an HTTP path, another port, or nothing", () => {
    const web = podOf({ port: { https: 8443, health: 8081 }, probe: { path: "/ready", port: 8081, scheme: "HTTPS" } });
    expect(web?.containers[0]?.readinessProbe?.httpGet).toEqual({ path: "/ready", port: 8081, scheme: "HTTPS" });
    expect(web?.containers[0]?.ports?.map(({ name }) => name)).toEqual(["https", "health"]);
    expect(podOf({ port: 80, probe: "none" })?.containers[0]).not.toHaveProperty("livenessProbe");
    expect(podOf({})?.containers[0]).not.toHaveProperty("readinessProbe");
  });

  it("adds users, volumes, labels and commands", () => {
    const object = deployment({
      ...base,
      user: 1000,
      fsGroup: 2000,
      serviceAccount: "shared",
      replicas: 2,
      command: ["node"],
      args: ["main.js"],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "web" } }],
      volumeMounts: [{ name: "data", mountPath: "/data" }],
      podLabels: { tier: "front", "app.kubernetes.io/name": "mistaken" },
      podAnnotations: { a: "b" },
    });
    const { template } = object.spec ?? {};
    expect(template?.metadata).toEqual({
      labels: { tier: "front", "app.kubernetes.io/name": "web" },
      annotations: { a: "b" },
    });
    expect(template?.spec).toMatchObject({
      serviceAccountName: "shared",
      securityContext: { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 2000 },
      containers: [{ command: ["node"], args: ["main.js"], volumeMounts: [{ name: "writable-0" }, { name: "data" }] }],
      volumes: [{ name: "writable-0" }, { name: "data" }],
    });
  });

  it("merges the passthroughs last", () => {
    const object = deployment({
      ...base,
      container: { imagePullPolicy: "Always" },
      pod: { priorityClassName: "high" },
      spec: { replicas: 3, revisionHistoryLimit: 2 },
    });
    expect(object.spec).toMatchObject({ replicas: 3, revisionHistoryLimit: 2 });
    expect(object.spec?.template.spec?.priorityClassName).toBe("high");
    expect(object.spec?.template.spec?.containers[0]?.imagePullPolicy).toBe("Always");
  });

  it.each([
    ["a name", { name: "Web" }, "is not a name"],
    ["a port", { port: 0 }, "port main: 0 is no port"],
    ["a variable", { env: { "1A": "x" } }, '"1A" is not a variable name'],
    ["root", { user: 0 }, "not the number of an ordinary user"],
    ["a probe without port", { probe: { path: "/x" } }, "there is no port to ask"],
    ["a relative probe", { port: 80, probe: { path: "x" } }, 'does not begin with "/"'],
  ])("refuses %s that cannot be", (_, options, message) => {
    expect(() => podOf(options)).toThrow(TypeError);
    expect(() => podOf(options)).toThrow(message);
  });
});
