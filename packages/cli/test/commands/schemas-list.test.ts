import { catalog, projects } from "@idstack/schemas";
import { expect, it } from "vitest";
import { fixture, temporary } from "../support/home.ts";
import { run } from "../support/run.ts";
import { widgetCrd } from "../support/widget.ts";

interface Listed {
  readonly name: string;
  readonly version?: string;
  readonly kinds: readonly { readonly apiVersion: string; readonly kind: string }[];
}

it("lists every kind once, below its project with its version, and its group version", async () => {
  const { status, stdout } = await run(["schemas", "list"], fixture);
  expect(status).toBe(0);
  expect(stdout).toContain(`\n${catalog.length} kinds of ${projects.length} projects\n`);
  expect(stdout).toMatch(/^kubernetes 1\.36\.\d+ \(\d{4}-\d\d-\d\d\)\n( {2}.*\n)*? {2}apps\/v1: .*\bDeployment\b/m);
  for (const { name, commit, date } of projects.slice(1)) {
    expect(stdout).toContain(`\n${name}${commit === undefined ? "" : ` ${commit}`} (${date})\n  `);
  }
});

it("filters by project, group and kind in any case", async () => {
  const list = async (filter: string) =>
    JSON.parse((await run(["schemas", "list", filter, "--json"], fixture)).stdout) as Listed[];
  const [tetragon, ...others] = await list("TRACINGPOLICY");
  expect(others).toEqual([]);
  expect(tetragon).toMatchObject({ name: "tetragon", commit: expect.stringMatching(/^[0-9a-f]{10}$/) });
  expect(tetragon?.kinds).toEqual([
    { apiVersion: "cilium.io/v1alpha1", kind: "TracingPolicy", namespaced: false, plural: "tracingpolicies" },
    {
      apiVersion: "cilium.io/v1alpha1",
      kind: "TracingPolicyNamespaced",
      namespaced: true,
      plural: "tracingpoliciesnamespaced",
    },
  ]);
  expect((await list("velero")).flatMap(({ kinds }) => kinds.map(({ kind }) => kind))).toEqual(
    catalog.filter(({ project, apiVersion }) => `${project} ${apiVersion}`.includes("velero")).map(({ kind }) => kind),
  );
});

it("lists the repository's own kinds, which take the place of recorded ones", async () => {
  const certificate = widgetCrd()
    .replaceAll("example.com", "cert-manager.io")
    .replaceAll("widgets", "certificates")
    .replace("Widget", "Certificate");
  const folder = temporary({ "crds.yaml": `${widgetCrd()}---\n${certificate}` });
  expect((await run(["schemas", "add", "crds.yaml"], folder)).status).toBe(0);
  expect((await run(["schemas", "list", "cert-manager.io/v1"], folder)).stdout).toMatch(
    /: CertificateRequest, ClusterIssuer, Issuer\n\.idstack\/schemas \(your own\)\n {2}cert-manager\.io\/v1: Certificate\n/,
  );
  const own = JSON.parse((await run(["schemas", "list", "widget", "--json"], folder)).stdout);
  expect(own).toEqual([
    {
      name: ".idstack/schemas",
      kinds: [{ apiVersion: "example.com/v1", kind: "Widget", namespaced: true, plural: "widgets" }],
    },
  ]);
});

it("exits with 1 when nothing matches, and says what was meant", async () => {
  expect(await run(["schemas", "list", "ciliun"], fixture)).toEqual({
    status: 1,
    stdout: "",
    stderr: "idstack: no kind matches ciliun. Did you mean cilium?\n",
  });
  expect(await run(["schemas", "list", "ciliun", "--json"], fixture)).toEqual({
    status: 1,
    stdout: "[]\n",
    stderr: "",
  });
});
