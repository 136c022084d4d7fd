import { catalog } from "@idstack/schemas";
import { expect, it } from "vitest";
import { fixture } from "../support/home.ts";
import { run } from "../support/run.ts";

it("lists every kind once, below its project and version", async () => {
  const { status, stdout } = await run(["schemas", "list"], fixture);
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`^${catalog.length} kinds of \\d+ projects$`, "m"));
  expect(stdout).toMatch(/^kubernetes\n( {2}.*\n)*? {2}apps\/v1: .*\bDeployment\b/m);
});

it("filters by project, group and kind in any case", async () => {
  const kinds = async (filter: string) =>
    (JSON.parse((await run(["schemas", "list", filter, "--json"], fixture)).stdout) as typeof catalog).map(
      ({ kind }) => kind,
    );
  expect(await kinds("TRACINGPOLICY")).toEqual(["TracingPolicy", "TracingPolicyNamespaced"]);
  expect(await kinds("velero")).toEqual(
    catalog.filter(({ project, apiVersion }) => `${project} ${apiVersion}`.includes("velero")).map(({ kind }) => kind),
  );
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
