import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { encrypt, generateIdentity } from "@idstack/sops";
import { loadConfig, type RenderStackOptions, renderStack } from "idstack";
import { describe, expect, it } from "vitest";
import { renderJson, renderText } from "../src/internal/render-output.ts";
import { example, home, temporary, write } from "./support/home.ts";
import { run } from "./support/run.ts";

const config = "stack.config.ts";

async function render(cwd: string, options: Partial<RenderStackOptions> = {}) {
  return await renderStack(await loadConfig(config, cwd), { cwd, config, ...options });
}

describe("rendering", () => {
  it("writes the tree where gitops.path says, beside the declaration, and then has nothing to do", async () => {
    const cwd = home((text) => text.replace('path: "rendered"', 'path: "clusters/home"'));
    const first = await render(cwd);
    expect(first.out).toBe("clusters/home");
    expect(first.changes).toHaveLength(first.files);
    for (const { path, text } of first.plan.files) {
      expect(readFileSync(join(cwd, "clusters/home", path), "utf8")).toBe(text);
    }
    expect(await render(cwd)).toMatchObject({ changes: [], leftTree: [] });
    expect(await render(cwd, { check: true })).toMatchObject({ changes: [], drift: [], leftTree: [] });
  });

  it("finds declaration and tree from another folder", async () => {
    const folder = home();
    const from = join(folder, "elsewhere");
    mkdirSync(from);
    const { status, stdout } = await run(["render", "-c", "../stack.config.ts"], from);
    expect(stdout).toContain(`to ${join(folder, "rendered")}: `);
    expect(status).toBe(0);
    expect((await run(["render", "--check"], folder)).status).toBe(0);
    expect((await run(["render", "--check", "--out", "nowhere"], folder)).status).toBe(1);
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
  });

  it("tells which objects left the tree", async () => {
    const folder = home();
    await render(folder);
    write(folder, config, readFileSync(join(folder, config), "utf8").replace(/^ {4}docs: .*\n/m, ""));
    // The module was imported already: a declaration that changed is read by the next process.
    write(folder, "next.config.ts", readFileSync(join(folder, config), "utf8"));
    const { status, stdout } = await run(["render", "-c", "next.config.ts"], folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^remove {3}rendered\/apps\/deployment-docs\.yaml$/m);
    expect(stdout).toMatch(/^left the tree: .*Deployment.*docs/m);
  });
});

describe("--check", () => {
  it("is content with the example", async () => {
    const { status, stdout, stderr } = await run(["render", "--check"], example);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^checked \d+ objects in \d+ files: rendered is up to date\n$/);
  });

  it("names every file that differs, and writes nothing", async () => {
    const folder = home();
    await render(folder);
    rmSync(join(folder, "rendered/apps/deployment-web.yaml"));
    appendFileSync(join(folder, "rendered/apps/deployment-api.yaml"), "# password: hunter2\n");
    write(folder, "rendered/apps/mine.yaml", "a: 1\n");
    const before = readdirSync(join(folder, "rendered"), { recursive: true });

    const { status, stdout } = await run(["render", "--check"], folder);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^rendered\/apps\/deployment-web\.yaml error tree-missing: /m);
    expect(stdout).toMatch(/^rendered\/apps\/deployment-api\.yaml:\d+:1 error tree-changed: .*edited by hand/m);
    expect(stdout).toMatch(/^rendered\/apps\/mine\.yaml warning tree-foreign: /m);
    expect(stdout).toMatch(
      /: 2 in rendered differ; idstack render writes them, and needs --force for those edited by hand\n$/,
    );
    expect(stdout).not.toContain("hunter2");

    const json = JSON.parse((await run(["render", "--check", "--json"], folder)).stdout);
    expect(json.drift.map(({ file, code }: { file: string; code: string }) => [file, code])).toEqual([
      ["apps/deployment-api.yaml", "tree-changed"],
      ["apps/deployment-web.yaml", "tree-missing"],
      ["apps/mine.yaml", "tree-foreign"],
    ]);
    expect(readdirSync(join(folder, "rendered"), { recursive: true })).toEqual(before);
  });

  it("lets a manifest of others be, as long as the tree is right", async () => {
    const folder = home();
    await render(folder);
    write(folder, "rendered/apps/mine.yaml", "a: 1\n");
    expect((await run(["render", "--check"], folder)).status).toBe(0);
  });
});

describe("files of people", () => {
  it("that were edited by hand are overwritten with --force only", async () => {
    const folder = home();
    await render(folder);
    const file = join(folder, "rendered/apps/deployment-api.yaml");
    const text = readFileSync(file, "utf8");
    appendFileSync(file, "# mine\n");
    const refused = await run(["render"], folder);
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toBe(
      "idstack: edited by hand since it was written, so neither overwritten nor removed: apps/deployment-api.yaml. Put the change into the declaration, or overwrite it with --force.\n",
    );
    const { error } = JSON.parse((await run(["render", "--json"], folder)).stdout);
    expect(error).toMatchObject({ code: "edited-file", paths: ["apps/deployment-api.yaml"] });
    expect(readFileSync(file, "utf8")).toBe(`${text}# mine\n`);
    expect((await run(["render", "--force"], folder)).status).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("that this tree never wrote are overwritten with --force only", async () => {
    const folder = home();
    write(folder, "rendered/apps/deployment-api.yaml", "a: 1\n");
    const { status, stderr } = await run(["render"], folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^idstack: not written by this tree.*apps\/deployment-api\.yaml\. Move it away, or .*--force.*\n$/,
    );
    expect((await run(["render", "--force"], folder)).status).toBe(0);
  });

  it("a file in place of the folder is left alone", async () => {
    const folder = home();
    write(folder, "rendered", "mine\n");
    for (const args of [["render"], ["render", "--check"], ["render", "--out", "rendered/below"]]) {
      const { status, stderr } = await run(args, folder);
      expect(stderr).toMatch(
        /^idstack: rendered(\/below)? cannot be the folder of the tree: a file is in its place\n$/,
      );
      expect(status).toBe(2);
    }
  });

  it("a damaged record of what was written stops everything", async () => {
    const folder = home();
    await render(folder);
    write(folder, "rendered/.idstack/tree.json", "<<<<<<< ours\n");
    const { status, stderr } = await run(["render", "--force"], folder);
    expect(stderr).toMatch(/^idstack: \.idstack\/tree\.json is damaged: .*\n$/);
    expect(status).toBe(3);
  });
});

const configMap =
  '{ apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "apps", name: "extra" }, dtaa: { a: "1" } }';

describe("objects that are wrong", () => {
  const declaring = (objects: string): string =>
    home((text) => text.replace("  services: {", `  objects: [${objects}] as never,\n  services: {`));

  it("in the declaration are mistakes of it, with the path of the field", async () => {
    const folder = declaring(configMap);
    const { status, stdout, stderr } = await run(["render"], folder);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^idstack: the declaration has 1 mistake\nstack\.config\.ts error .*\bdtaa\b/);
    expect(stderr).toMatch(/^ {2}at objects\[0\]\.dtaa$/m);
    expect(stderr).toContain("Did you mean data?");
    expect(existsSync(join(folder, "rendered"))).toBe(false);
  });

  it("twice in the declaration are a mistake of it", async () => {
    const { status, stderr } = await run(
      ["render"],
      declaring(`${configMap}, ${configMap}`.replaceAll("dtaa", "data")),
    );
    expect(stderr).toMatch(/^ {2}at objects\[1\]$/m);
    expect(status).toBe(2);
  });

  it("that reach the tree in spite of that are shown where they would have been written; nothing is written", async () => {
    const folder = home();
    const { declaration } = await loadConfig(config, folder);
    const object = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "apps", name: "extra" },
      dtaa: { a: "1" },
    };
    const result = await renderStack({ declaration: { ...declaration, objects: [object] } }, { cwd: folder, config });
    expect(result).toMatchObject({ changes: [], drift: [], leftTree: [] });
    const text = await renderText(result, { check: false, color: false });
    expect(text).toContain(
      [
        "rendered/apps/configmap-extra.yaml:6:1 error unknown-field: unknown field dtaa",
        "  at dtaa",
        "  6 | dtaa:",
        "    | ^",
        "  Did you mean data?",
      ].join("\n"),
    );
    expect(text).toMatch(/: 1 error, so nothing was written to rendered\n$/);
    expect(JSON.parse(renderJson(result)).diagnostics).toContainEqual(
      expect.objectContaining({ file: "apps/configmap-extra.yaml", path: "dtaa", line: 6 }),
    );
    expect(existsSync(join(folder, "rendered"))).toBe(false);
  });
});

describe("encrypted files", async () => {
  const { recipient } = await generateIdentity();
  const other = await generateIdentity();
  const secret =
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\n  namespace: apps\nstringData:\n  token: hunter2\n";
  const encrypted = await encrypt(secret, { recipients: [recipient], encryptedRegex: "^(data|stringData)$" });

  const withSecret = (text?: string): string => {
    const sops = `  sops: { recipients: ["${recipient}"], files: { "secrets/token.sops.yaml": "apps" } },\n`;
    const platform = 'platform: { namespace: "infra", spire: {}, argoCd: {} }';
    const folder = home((declaration) =>
      declaration.replace("  services: {", `${sops}  services: {`).replace(/platform: .*(?=,)/, platform),
    );
    if (text !== undefined) write(folder, "secrets/token.sops.yaml", text);
    return folder;
  };

  it("are copied byte for byte, without any key", async () => {
    const folder = withSecret(encrypted);
    const { status, stderr, stdout } = await run(["render"], folder, { env: { SOPS_AGE_KEY_FILE: "/nowhere" } });
    expect(stderr).toBe("");
    expect(stdout).not.toMatch(/ error /);
    expect(status).toBe(0);
    expect(readFileSync(join(folder, "rendered/_secrets/apps/token.sops.yaml"), "utf8")).toBe(encrypted);
  });

  const unusable: Record<string, [text: string | undefined, says: RegExp]> = {
    missing: [undefined, /secrets\/token\.sops\.yaml, .*, does not exist: write the Secret there/],
    "in plain text": [secret, /is not encrypted: run sops --encrypt/],
    "for another namespace": [
      encrypted.replace("namespace: apps", "namespace: infra"),
      /namespace infra, declared .* is apps/,
    ],
    "with a broken block": [
      encrypted.replace(/^ +age:\n/m, ""),
      /^idstack: secrets\/token\.sops\.yaml:\d+:\d+: not valid YAML/,
    ],
  };

  it.each(Object.entries(unusable))("%s stop the render with one line", async (_, [text, says]) => {
    const { status, stdout, stderr } = await run(["render"], withSecret(text));
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^idstack: [^\n]+\n$/);
    expect(stderr).not.toContain("hunter2");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  it.each([
    ["without a MAC", encrypted.replace(/^ +mac: .*\n/m, ""), "sops/mac-missing"],
    [
      "with a value that is not encrypted",
      encrypted.replace("stringData:\n", "stringData:\n  more: hunter2\n"),
      "sops/plain-value",
    ],
  ])("%s stop the render with the place", async (_, text, code) => {
    const { status, stdout, stderr } = await run(["render"], withSecret(text));
    expect(stderr).toMatch(
      /^idstack: secrets\/token\.sops\.yaml, declared under sops\.files, cannot go into the tree\n/,
    );
    expect(stderr).toMatch(new RegExp(`^secrets/token\\.sops\\.yaml.* error ${code}: `, "m"));
    expect(stderr).not.toContain("hunter2");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  it("to others than declared stop the render", async () => {
    const text = await encrypt(secret, { recipients: [other.recipient], encryptedRegex: "^(data|stringData)$" });
    const { status, stderr } = await run(["render"], withSecret(text));
    expect(stderr).toMatch(
      new RegExp(`is encrypted to ${other.recipient}, declared .* are ${recipient}: run sops updatekeys`),
    );
    expect(status).toBe(2);
  });
});

it("renders nothing from an empty folder", async () => {
  expect((await run(["render"], temporary())).stderr).toMatch(/there is no stack\.config\.ts here/);
});
