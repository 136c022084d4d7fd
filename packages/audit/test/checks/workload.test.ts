import { parseManifests } from "@idstack/manifests";
import { describe, expect, it } from "vitest";
import { findings, found } from "../found.ts";

const pod = (spec: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: apps }\nspec: ${spec}\n`;

describe("image-tag", () => {
  const count = (image: string) =>
    found(pod(`{ containers: [{ name: c, image: "${image}" }] }`), { only: ["image-tag"] }).length;

  it.each(["nginx", "nginx:latest", "registry.home.arpa:5000/web"])("finds %s", (image) =>
    expect(count(image)).toBe(1),
  );

  it.each(["nginx:1.27", "registry.home.arpa:5000/web:1", "web@sha256:00", "web:latest@sha256:00", `web:\${TAG}`])(
    "accepts %s",
    (image) => expect(count(image)).toBe(0),
  );

  it("reads init containers and CronJobs", () => {
    expect(
      found(pod("{ initContainers: [{ name: c, image: a }], containers: [{ name: c, image: b }] }"), {
        only: ["image-tag"],
      }),
    ).toHaveLength(2);
    const cron =
      "apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: a }\nspec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: c, image: b }] } } } } }\n";
    expect(findings(cron, { only: ["image-tag"] })[0]?.path).toBe(
      "spec.jobTemplate.spec.template.spec.containers[0].image",
    );
  });

  it("leaves images that a kustomization pins to it", () => {
    const { skipped } = parseManifests(
      "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\nimages: [{ name: web, newTag: '1' }, { name: api, newName: b }]\n",
      { file: "kustomization.yaml" },
    );
    const yaml = pod("{ containers: [{ name: a, image: web }, { name: b, image: api }] }");
    expect(findings(yaml, { only: ["image-tag"], skipped }).map(({ message }) => message)).toEqual([
      "image `api` has neither tag nor digest",
    ]);
  });
});

describe("security-context", () => {
  const only = { only: ["security-context"] };
  const own =
    "{ allowPrivilegeEscalation: false, runAsNonRoot: true, seccompProfile: { type: RuntimeDefault }, capabilities: { drop: [ALL] } }";
  const message = (container: string, securityContext = "{}") =>
    findings(
      pod(`{ securityContext: ${securityContext}, containers: [{ name: c, securityContext: ${container} }] }`),
      only,
    )[0]?.message;

  it("accepts settings of the pod where they count, and of the container", () => {
    expect(message(own)).toBeUndefined();
    const rest = "{ allowPrivilegeEscalation: false, capabilities: { drop: [all] } }";
    expect(message(rest, "{ runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }")).toBeUndefined();
  });

  it("says what is missing, and that the container overrides the pod", () => {
    expect(message(own.replace("drop: [ALL]", "drop: [NET_RAW]"))).toBe("container `c` lacks capabilities.drop: [ALL]");
    expect(message(own.replace("runAsNonRoot: true", "runAsNonRoot: false"), "{ runAsNonRoot: true }")).toBe(
      "container `c` lacks runAsNonRoot",
    );
    expect(message(own.replace("{ allow", "{ privileged: true, allow"))).toBe("container `c` lacks privileged: false");
  });
});

describe("spiffe-socket-host-path", () => {
  const volume = (path: string, image = "web:1") =>
    found(
      pod(`{ containers: [{ name: c, image: "${image}" }], volumes: [{ name: v, hostPath: { path: ${path} } }] }`),
      { only: ["spiffe-socket-host-path"] },
    );

  it.each(["/run/spire/agent-sockets", "/tmp/spire-agent/public/api.sock", "/run/spiffe"])("finds %s", (path) =>
    expect(volume(path)).toHaveLength(1),
  );

  it("is about that socket alone, and lets its makers be", () => {
    expect(volume("/var/lib/inspire")).toEqual([]);
    expect(volume("/run/spire/agent-sockets", "ghcr.io/spiffe/spiffe-csi-driver:0.2.7")).toEqual([]);
  });
});

describe("namespace-pod-security", () => {
  it("wants an enforced profile, but not of the system's namespaces", () => {
    const namespace = (name: string, label: string) =>
      found(`apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { ${label} } }\n`, {
        only: ["namespace-pod-security"],
      }).length;
    expect(namespace("apps", "pod-security.kubernetes.io/warn: restricted")).toBe(1);
    expect(namespace("apps", "pod-security.kubernetes.io/enforce: privileged")).toBe(0);
    expect(namespace("kube-system", "a: b")).toBe(0);
  });
});
