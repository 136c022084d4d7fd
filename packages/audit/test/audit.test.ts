import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audit, auditTree, checks, defineCheck, formatJson, formatText } from "@idstack/audit";
import { documentsOf, parseManifests } from "@idstack/manifests";
import { describe, expect, it } from "vitest";
import { beforeDir } from "./places.ts";

const pod = (annotations = "{}", image = "nginx") => `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: apps
  annotations: ${annotations}
spec:
  containers:
    - name: web
      image: ${image}
`;
const parse = (yaml: string) => parseManifests(yaml, { file: "web.yaml" });

describe("audit", () => {
  it("fills in check, position, path, object and help", () => {
    const { findings } = audit(parse(pod()), { only: ["image-tag"] });
    expect(findings).toEqual([
      {
        code: "image-tag",
        severity: "error",
        message: "image `nginx` has neither tag nor digest",
        file: "web.yaml",
        line: 10,
        column: 7,
        path: "spec.containers[0].image",
        help: "Name a version, best with its digest: image:1.4.2@sha256:….",
        object: { apiVersion: "v1", kind: "Pod", namespace: "apps", name: "web" },
      },
    ]);
  });

  it("takes objects without positions", () => {
    const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } };
    const [finding] = audit({ documents: documentsOf([object]) }).findings;
    expect(finding).toMatchObject({ code: "namespace-pod-security", file: undefined, line: undefined });
  });

  it("finds nothing in nothing", () => {
    expect(audit({ documents: [] })).toMatchObject({
      findings: [],
      objects: 0,
      counts: { error: 0, warning: 0, info: 0 },
    });
  });

  it("runs only the checks named, or all but those skipped", () => {
    expect(audit(parse(pod()), { only: ["image-tag"] }).checks.map(({ id }) => id)).toEqual(["image-tag"]);
    const skipped = audit(parse(pod()), { skip: ["image-tag"] });
    expect(skipped.checks).toHaveLength(checks.length - 1);
    expect(skipped.findings.map(({ code }) => code)).not.toContain("image-tag");
  });

  it("refuses an unknown check, since a misspelt one would silently check nothing", () => {
    expect(() => audit({ documents: [] }, { only: ["image-tags"] })).toThrow(/unknown check "image-tags"/);
    expect(() => audit({ documents: [] }, { skip: ["image-tags"] })).toThrow(TypeError);
  });

  it("runs checks of the caller beside the built-in ones", () => {
    const mine = defineCheck({ id: "mine", title: "t", severity: "info", rationale: "r", fix: "f" }, ({ documents }) =>
      documents.map((document) => ({ document, message: "seen" })),
    );
    const report = audit(parse(pod()), { checks: [...checks, mine], only: ["mine"] });
    expect(report.findings).toMatchObject([{ code: "mine", severity: "info", message: "seen", line: 1, column: 1 }]);
  });

  it("lets a general check speak where the special one is skipped", () => {
    const yaml = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: a, namespace: argocd }
spec: { project: p, syncPolicy: { automated: { prune: true, selfHeal: true } } }
`;
    const codes = (skip: string[]) =>
      audit(parse(yaml), {
        only: ["argo-prune", "argo-prune-self-heal"].filter((id) => !skip.includes(id)),
      }).findings.map(({ code }) => code);
    expect(codes([])).toEqual(["argo-prune-self-heal"]);
    expect(codes(["argo-prune-self-heal"])).toEqual(["argo-prune"]);
  });
});

describe("suppression", () => {
  const only = ["image-tag", "suppression-without-reason"];

  it("moves a finding aside with the reason", () => {
    const report = audit(parse(pod('{ idstack.dev/ignore-image-tag: "  built here " }')), { only });
    expect(report.findings).toEqual([]);
    expect(report.counts.error).toBe(0);
    expect(report.suppressed).toMatchObject([{ code: "image-tag", reason: "built here", line: 10 }]);
  });

  it.each(["{ idstack.dev/ignore-image-tag: '' }", "{ idstack.dev/ignore-image-tag: '  ' }"])(
    "without a reason silences nothing and is itself a finding: %s",
    (annotations) => {
      const { findings, suppressed } = audit(parse(pod(annotations)), { only });
      expect(findings.map(({ code, line }) => `${code} ${line}`)).toEqual([
        "suppression-without-reason 6",
        "image-tag 10",
      ]);
      expect(suppressed).toEqual([]);
    },
  );

  it("holds for its own object and check alone", () => {
    const yaml = `${pod('{ idstack.dev/ignore-image-tag: "built here" }')}---\n${pod().replace("name: web", "name: api")}`;
    const { findings } = audit(parse(yaml), { only });
    expect(findings.map(({ object }) => object?.name)).toEqual(["api"]);
    const other = audit(parse(pod('{ idstack.dev/ignore-security-context: "why" }')), { only });
    expect(other.findings).toHaveLength(1);
  });

  it("cannot excuse a missing reason", () => {
    const annotations =
      '{ idstack.dev/ignore-image-tag: "", idstack.dev/ignore-suppression-without-reason: "because" }';
    const { findings } = audit(parse(pod(annotations)), { only });
    expect(findings.map(({ code }) => code)).toContain("suppression-without-reason");
  });
});

describe("reports", () => {
  it("reads as text", () => {
    const report = audit(parse(pod()), { only: ["image-tag"] });
    expect(formatText(report)).toBe(
      [
        "web.yaml:10:7 error image-tag: image `nginx` has neither tag nor digest",
        "  Name a version, best with its digest: image:1.4.2@sha256:….",
        "",
        "1 object, 1 check: 1 error, 0 warnings, 0 info",
        "",
      ].join("\n"),
    );
  });

  it("reads as JSON and says the same", async () => {
    const report = await auditTree(beforeDir);
    const parsed = JSON.parse(formatJson(report));
    expect(parsed.counts).toEqual(report.counts);
    expect(parsed.findings).toHaveLength(report.findings.length);
    expect(parsed.checks.map(({ id }: { id: string }) => id)).toEqual(checks.map(({ id }) => id));
  });

  it("orders findings by file and line, whatever the order of the documents", () => {
    const parsed = parse(`${pod()}---\n${pod()}`);
    const turned = { ...parsed, documents: parsed.documents.toReversed() };
    expect(audit(turned).findings).toEqual(audit(parsed).findings);
    const lines = audit(parsed).findings.map(({ line = 0 }) => line);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });
});

describe("auditTree", () => {
  const policy = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: web, namespace: apps }
spec: { endpointSelector: { matchLabels: { app: web } }, ingress: [{ fromEntities: [cluster] }] }
`;
  const endpoints = [{ namespace: "apps", name: "web", labels: { app: "web" }, ports: [], source: "chart 1.0" }];

  it("knows the pods that .idstack/endpoints.json announces", async () => {
    const dir = await mkdtemp(join(tmpdir(), "audit-"));
    await writeFile(join(dir, "web.yaml"), policy);
    const only = ["policy-selects-nothing"];
    expect((await auditTree(dir, { only })).findings).toHaveLength(1);
    await mkdir(join(dir, ".idstack"));
    await writeFile(join(dir, ".idstack/endpoints.json"), JSON.stringify(endpoints));
    expect((await auditTree(dir, { only })).findings).toEqual([]);
    expect((await auditTree(dir, { only, endpoints: [] })).findings).toHaveLength(1);
    await rm(dir, { recursive: true });
  });
});
