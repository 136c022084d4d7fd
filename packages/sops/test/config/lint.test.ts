import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Convention,
  compareRules,
  generateIdentity,
  generateSopsConfig,
  lintSopsConfig,
  parseSopsConfig,
  ruleFor,
} from "../../src/index.ts";
import { noSops, sops, temporaryFolder } from "../helpers.ts";

const { recipient } = await generateIdentity();
const rules = (...patterns: (string | undefined)[]) =>
  `creation_rules:\n${patterns.map((one) => `  - age: ${recipient}\n${one === undefined ? "" : `    path_regex: ${one}\n`}`).join("")}`;
const lint = (text: string, paths?: string[]) =>
  lintSopsConfig(text, { file: ".sops.yaml", paths }).map(({ code, line, column, path }) => [code, line, column, path]);

describe("lintSopsConfig", () => {
  test("clean rules", () => {
    expect(lint(rules("^a/", "^b[/\\\\]", undefined))).toEqual([]);
    expect(lint(rules("^a/", "^b/"), ["a/x.yaml", "b/y.yaml"])).toEqual([]);
  });

  test.each([
    ["after a rule for every path", rules(undefined, "^a/"), undefined, "shadowed-rule", 4, 17],
    ["the same pattern twice", rules("^a/", "^a/"), undefined, "shadowed-rule", 5, 17],
    ["a slash in front", rules("^/secrets/"), undefined, "rule-never-matches", 3, 17],
    ["a dot in front", rules("^./secrets/"), undefined, "rule-never-matches", 3, 17],
    ["Windows separators", rules("secrets\\\\.*"), undefined, "windows-separator", 3, 17],
    ["no file matches", rules("^a/", "^b/"), ["a/x.yaml"], "rule-never-matches", 5, 17],
    ["an earlier rule takes all", rules("ya?ml$", "^a/"), ["a/x.yaml"], "shadowed-rule", 5, 17],
    ["a misspelt field", rules("^a/").replace("path_regex", "path_regexp"), undefined, "unknown-field", 3, 5],
  ])("%s", (_, text, paths, code, line, column) => {
    const found = lint(text, paths);
    expect(found).toEqual([[`sops/config-${code}`, line, column, expect.stringContaining("creation_rules[")]]);
  });
});

test("compareRules names what sops would do in another folder", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "apps"));
  writeFileSync(join(folder, ".sops.yaml"), rules("^secrets/", "^apps/"));
  writeFileSync(join(folder, "apps", ".sops.yaml"), rules("^x"));
  const same = await compareRules("apps/x.yaml", { cwd: join(folder, "apps") });
  expect(same.byFile.rule).toBe(undefined);
  const inside = await compareRules("x.yaml", { cwd: join(folder, "apps") });
  expect([inside.difference, inside.byFile.rule?.index]).toEqual([undefined, 0]);
  const above = await compareRules("apps/x.yaml", { cwd: folder });
  expect([above.byFile.rule?.index, above.byCwd.rule?.index]).toEqual([0, 1]);
  expect(above.difference).toContain(`sops, run in ${folder}, uses ${join(folder, ".sops.yaml")}, rule 2 (line 4)`);
  expect((await compareRules("apps/x.yaml", { cwd: folder })).byCwd.config?.file).toBe(join(folder, ".sops.yaml"));
});

describe("generateSopsConfig", () => {
  const manifest = { encryptedRegex: "^(data|stringData)$", macOnlyEncrypted: true };
  test.each<[Convention, string | undefined, string, string, object]>([
    ["flux", undefined, "clusters/home/db.sops.yaml", "clusters/home/db.yaml", manifest],
    ["flux", "clusters/a.b", "clusters/a.b/db.sops.yaml", "clusters/aXb/db.sops.yaml", manifest],
    ["argocd", "apps/", "apps/web/db.enc.yaml", "db.enc.yaml", manifest],
    ["talos", undefined, "talos/talsecret.sops.yaml", "talos/talconfig.yaml", { macOnlyEncrypted: true }],
    ["helm-secrets", undefined, "charts/web/secrets.prod.yaml", "charts/web/mysecrets.yaml", {}],
    ["helm-secrets", "charts", "charts/secrets.yaml", "secrets.yaml", {}],
    ["sops-secrets-operator", undefined, "x.sops.yml", "x.yml", { encryptedSuffix: "Templates" }],
  ])("%s in %s", (convention, folder, yes, no, expected) => {
    const text = generateSopsConfig([{ convention, folder, recipients: [recipient] }]);
    expect(lintSopsConfig(text)).toEqual([]);
    const config = parseSopsConfig(text);
    expect(ruleFor(yes, config)).toMatchObject(expected);
    expect(() => ruleFor(no, config)).toThrow(/no creation rule matches/);
  });

  test("key groups, and keys that cannot be used", () => {
    const keyGroups = [[recipient], [recipient]];
    const text = generateSopsConfig([{ convention: "flux", recipients: [], keyGroups, shamirThreshold: 2 }]);
    expect(ruleFor("a.sops.yaml", parseSopsConfig(text))).toMatchObject({ keyGroups, shamirThreshold: 2 });
    const invalid = () => generateSopsConfig([{ convention: "flux", recipients: ["AGE-SECRET-KEY-1CANARY"] }]);
    expect(invalid).toThrow(expect.objectContaining({ code: "invalid-recipient" }));
    expect(invalid).not.toThrow(/CANARY/);
  });

  test.skipIf(noSops !== undefined)("sops takes it", () => {
    const folder = temporaryFolder();
    const conventions: Convention[] = ["talos", "argocd", "helm-secrets"];
    writeFileSync(
      join(folder, ".sops.yaml"),
      generateSopsConfig(conventions.map((convention) => ({ convention, recipients: [recipient] }))),
    );
    for (const [name, whole] of [
      ["talsecret.sops.yaml", true],
      ["db.enc.yaml", false],
      ["secrets.yaml", true],
    ] as const) {
      writeFileSync(join(folder, name), "kind: Secret\ndata:\n  a: eA==\n");
      const { status, stdout } = sops(["encrypt", name], "", folder);
      expect([status, stdout.startsWith("kind: ENC["), stdout.includes("mac_only_encrypted: true")]).toEqual([
        0,
        whole,
        true,
      ]);
    }
  });
});
