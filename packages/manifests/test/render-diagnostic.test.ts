import { describe, expect, test } from "vitest";
import { type Diagnostic, renderDiagnostic, renderDiagnostics } from "../src/index.ts";

const source = "a: 1\nspec:\n\tbad: x\n";
const base: Diagnostic = { code: "unknown-field", severity: "error", message: "unknown field bad" };
const full: Diagnostic = { ...base, file: "x.yaml", line: 3, column: 2, path: "spec.bad", help: "Did you mean good?" };

describe("renderDiagnostic", () => {
  test("position, path, excerpt with caret, help", () => {
    expect(renderDiagnostic(full, { source })).toBe(
      "x.yaml:3:2 error unknown-field: unknown field bad\n  at spec.bad\n  3 |  bad: x\n    |  ^\n  Did you mean good?",
    );
  });

  test("what is not known is left out", () => {
    expect(renderDiagnostic(base)).toBe("error unknown-field: unknown field bad");
    expect(renderDiagnostic({ ...base, file: "x.yaml", path: "" })).toBe(
      "x.yaml error unknown-field: unknown field bad",
    );
    expect(renderDiagnostic({ ...base, line: 9, column: 1 }, { source })).toBe(
      "line 9:1 error unknown-field: unknown field bad",
    );
    expect(renderDiagnostic({ ...base, file: "x.yaml", line: 1 }, { source })).toContain("\n  1 | a: 1");
  });

  test("a long line is cut around the column", () => {
    const text = `${"a".repeat(300)}X${"b".repeat(300)}`;
    const lines = renderDiagnostic({ ...base, line: 1, column: 301 }, { source: text }).split("\n");
    expect(lines[1]?.length).toBeLessThan(120);
    expect(lines[1]?.[lines[2]?.indexOf("^") ?? -1]).toBe("X");
  });

  test("control characters of a file do not reach the terminal", () => {
    const text = renderDiagnostic(
      { ...full, message: "m\u001b[2J", path: "a\u0007", help: "h\u009b" },
      { source: "1\n2\n\u001b]0;x\u0007\u202ey" },
    );
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test("lines of a Secret are not shown", () => {
    for (const path of ["stringData.password", 'data["tls.key"]']) {
      expect(renderDiagnostic({ ...full, path }, { source: "1\n2\npassword: hunter2" })).not.toContain("hunter2");
    }
    expect(renderDiagnostic({ ...full, path: "dataSource" }, { source })).toContain("3 |");
  });

  test.each([
    ["a Secret", "kind: Secret\nstringData:\n  password: hunter2\n"],
    ["a Secret in JSON", '{"metadata": {"name": "a"}, "kind":"Secret",\n\n "stringDta": {"password": "hunter2"}}'],
    ["a Secret whose mistakes hide what it is", "apiVersion: v1\n kind:\n\tSecret\n  p: hunter2"],
    ["a Secret in a List", "kind: List\nitems: [{kind: Secret,\n data: {password: hunter2}}]"],
    ["a SopsSecret", "kind: SopsSecret\nspec:\n  password: hunter2\n"],
    ["a kind that is no Secret with plain data", "kind: Secrett\nstringData:\n  password: hunter2\n"],
    ["a file SOPS encrypted, edited by hand", "a: b\nsops: {mac: x}\npassword: hunter2"],
    ["literals of a kustomization", "secretGenerator:\n  - literals:\n      - password=hunter2"],
    ["a private key", "-----BEGIN PRIVATE KEY-----\nx\nhunter2"],
  ])("no line of %s is shown", (_, confidential) => {
    const rendered = (text: string, path?: string) =>
      [...text.split("\n").keys()]
        .map((index) => renderDiagnostic({ ...base, path, line: index + 1, column: 1 }, { source: text }))
        .join("\n");
    for (const path of [undefined, "metadata.name"]) expect(rendered(confidential, path)).not.toMatch(/hunter2|\|/);
    const between = rendered(`a: 1\n---\n${confidential}\n--- # next\nb: 2\n`);
    expect(between).toContain("1 | a: 1");
    expect(between).toContain("| b: 2");
    expect(between).not.toContain("hunter2");
  });

  test("no line of a file that is to be encrypted is shown", () => {
    for (const file of ["db.sops.yaml", "apps/values.enc.yaml", "a.dec.env", "apps\\secrets.yaml", "secret.json"])
      expect(renderDiagnostic({ ...full, file }, { source })).not.toContain("3 |");
    for (const file of [".sops.yaml", "secrets/README.md", "sops.yaml", "web.yaml"])
      expect(renderDiagnostic({ ...full, file }, { source })).toContain("3 |");
  });

  test("kinds that only point to secrets are shown", () => {
    for (const kind of ["ExternalSecret", "SecretStore", "ClusterSecretStore", "SealedSecret"])
      expect(renderDiagnostic(full, { source: `kind: ${kind}\nspec:\n\tbad: x\n` })).toContain("3 |");
  });

  test("colour only when asked for", () => {
    expect(renderDiagnostic(full, { source, color: true })).toContain("\u001b[31merror\u001b[0m");
    expect(renderDiagnostic({ ...full, severity: "warning" }, { color: true })).toContain("\u001b[33mwarning");
  });
});

test("renderDiagnostics takes the files of a tree or a map", () => {
  const expected = `${renderDiagnostic(full, { source })}\n\n${renderDiagnostic({ ...full, file: "y.yaml" })}`;
  const both = [full, { ...full, file: "y.yaml" }];
  expect(renderDiagnostics(both, { sources: [{ path: "x.yaml", text: source }] })).toBe(expected);
  expect(renderDiagnostics(both, { sources: new Map([["x.yaml", source]]) })).toBe(expected);
  expect(renderDiagnostics([])).toBe("");
});
