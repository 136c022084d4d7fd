import { ManifestError } from "@idstack/manifests";
import { SopsError } from "@idstack/sops";
import { SpiffeError } from "@idstack/spiffe";
import { StackError } from "@idstack/stack";
import { CliError } from "idstack";
import { expect, it } from "vitest";
import { failureOf } from "../../src/internal/failure.ts";
import { failureJson } from "../../src/internal/report-failure.ts";

const manifest = (code: ConstructorParameters<typeof ManifestError>[0]) =>
  new ManifestError(code, "x", { paths: ["a"] });
const system = (code: string) => Object.assign(new Error(`${code}: no`), { code });

it.each([
  [new CliError("config-not-found", "x"), 2],
  [new StackError([{ code: "a", severity: "error", message: "b" }]), 2],
  [manifest("duplicate-object"), 2],
  [manifest("path-collision"), 2],
  [manifest("unsafe-path"), 2],
  [manifest("edited-file"), 1],
  [manifest("foreign-file"), 1],
  [manifest("symlink"), 3],
  [manifest("broken-ownership"), 3],
  [new SopsError("invalid-metadata", "x"), 2],
  [new SopsError("read-failed", "x"), 3],
  [new SpiffeError("development-only", "x"), 2],
  [new SpiffeError("ca-directory", "x"), 3],
  [new SpiffeError("socket-in-use", "x"), 3],
  [system("EACCES"), 3],
  [system("ENOSPC"), 3],
])("$name $code → %s", (error, status) => {
  const failure = failureOf(error);
  expect(failure).toMatchObject({ status, code: error.code });
  expect(failure).not.toHaveProperty("stack");
});

it("knows an error of another copy of a library by its name", () => {
  const error = Object.assign(new Error("x"), { name: "ManifestError", code: "edited-file", paths: ["a.yaml"] });
  expect(failureOf(error)).toMatchObject({ status: 1, paths: ["a.yaml"], message: expect.stringContaining("--force") });
});

it("shows where a defect happened", () => {
  expect(failureOf(new TypeError("oops"))).toMatchObject({
    status: 3,
    code: "unexpected",
    message: "oops",
    stack: expect.stringContaining("failure.test.ts"),
  });
  expect(failureOf("oops")).toMatchObject({ status: 3, code: "unexpected", message: "oops" });
});

it("as JSON has what is known and nothing else", () => {
  expect(JSON.parse(failureJson(failureOf(manifest("symlink"))))).toEqual({
    error: { code: "symlink", message: "x", paths: ["a"] },
  });
  expect(JSON.parse(failureJson(failureOf(new CliError("config-not-found", "x"))))).toEqual({
    error: { code: "config-not-found", message: "x" },
  });
});
