import { checks } from "@idstack/audit";
import { describe, expect, it } from "vitest";
import { example, home, temporary } from "../support/home.ts";
import { run } from "../support/run.ts";

describe("the example", () => {
  it("as rendered is clean", async () => {
    const { status, stdout } = await run(["audit", "rendered"], example);
    expect(stdout).toMatch(/^\d+ objects, \d+ checks: 0 errors, 0 warnings, 0 info\n$/);
    expect(status).toBe(0);
  });

  it("as it was before is not: file, line and column from the working directory, and the line itself", async () => {
    const { status, stdout } = await run(["audit", "before"], example);
    expect(status).toBe(1);
    expect(stdout).toContain(
      [
        "before/apps/misspelt-field.yaml:7:3 error schema-unknown-field: unknown field selectors",
        "  at spec.selectors",
        "  7 |   selectors:",
        "    |   ^",
        "  Did you mean selector?",
      ].join("\n"),
    );
    const report = JSON.parse((await run(["audit", "before", "--json"], example)).stdout);
    expect(report.counts.error).toBeGreaterThan(0);
    expect(report.findings.every(({ file, line }: { file?: string; line?: number }) => file && line)).toBe(true);
  });
});

const warned = {
  "web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: apps }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "web:latest" }] }
`,
};

describe("choosing checks", () => {
  it("--only and --skip take names with commas, and the folder after them", async () => {
    const folder = temporary(warned);
    const ran = async (...args: string[]) =>
      JSON.parse((await run(["audit", "--json", ...args, "."], folder)).stdout).checks.map(
        ({ id }: { id: string }) => id,
      );
    expect(await ran("--only", "image-tag,security-context")).toEqual(["image-tag", "security-context"]);
    expect(await ran("--only", "image-tag", "--only", "security-context", "--skip", "image-tag")).toEqual([
      "security-context",
    ]);
    expect(await ran("--skip", "image-tag")).toEqual(checks.map(({ id }) => id).filter((id) => id !== "image-tag"));
  });

  it("--list names every check", async () => {
    const { status, stdout } = await run(["audit", "--list"], temporary());
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(checks.length);
    const listed = JSON.parse((await run(["audit", "--list", "--json"], temporary())).stdout);
    expect(listed[0]).toEqual({
      id: checks[0]?.id,
      title: checks[0]?.title,
      severity: checks[0]?.severity,
      rationale: checks[0]?.rationale,
      fix: checks[0]?.fix,
    });
  });

  it("--strict fails for warnings", async () => {
    const folder = temporary(warned);
    const warning = checks.filter(({ severity }) => severity === "warning").map(({ id }) => id);
    const only = ["audit", "--only", warning.join(",")];
    const report = JSON.parse((await run([...only, "--json"], folder)).stdout);
    expect(report.counts).toMatchObject({ error: 0 });
    expect(report.counts.warning).toBeGreaterThan(0);
    expect((await run(only, folder)).status).toBe(0);
    expect((await run([...only, "--strict"], folder)).status).toBe(1);
  });
});

it("knows the pods of charts of every rendered tree in the folder", async () => {
  const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: data }
spec: { podSelector: { matchLabels: { "cnpg.io/cluster": wiki } }, policyTypes: [Ingress] }
`;
  const endpoint = { namespace: "data", name: "wiki", labels: { "cnpg.io/cluster": "wiki" }, ports: [], source: "me" };
  const findings = async (files: Record<string, string>) => {
    const { stdout } = await run(["audit", "--only", "policy-selects-nothing", "--json"], temporary(files));
    return JSON.parse(stdout).findings.map(({ file }: { file: string }) => file);
  };
  const policies = { "clusters/a/policy.yaml": policy };
  expect(await findings(policies)).toEqual(["clusters/a/policy.yaml"]);
  expect(await findings({ ...policies, "clusters/a/.idstack/endpoints.json": JSON.stringify([endpoint]) })).toEqual([]);
  expect(await findings({ ...policies, ".idstack/endpoints.json": JSON.stringify([endpoint]) })).toEqual([]);
});

it("shows no line of a file that holds a secret", async () => {
  const files = {
    "flow.json":
      '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","labes":{}},"stringData":{"token":"hunter2"}}\n',
    "broken.yaml": 'kind: Secret\napiVersion: v1\nstringData:\n  token: "hunter2\n',
    "key.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: hunter2 }\ndata: { a: '-----BEGIN PRIVATE KEY-----' }\n",
  };
  const { status, stdout } = await run(["audit"], temporary(files));
  expect(status).toBe(1);
  expect(stdout).toContain("flow.json:1:");
  expect(stdout).toContain("broken.yaml:");
  expect(stdout).not.toContain("hunter2");
});

it("reads nothing but manifests and text: a declaration beside the tree is no finding", async () => {
  const { status, stdout } = await run(["audit"], home());
  expect(stdout).toMatch(/^0 objects/);
  expect(status).toBe(0);
});
