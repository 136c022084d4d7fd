import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseManifests } from "@idstack/manifests";
import { describe, expect, it } from "vitest";
import { temporary, write } from "./support/home.ts";
import { run } from "./support/run.ts";

const root = join(import.meta.dirname, "../../..");
const readme = readFileSync(join(root, "packages/sops/README.md"), "utf8");
const guide = readme.slice(readme.indexOf("\n## Guard\n"), readme.indexOf("\n## ", readme.indexOf("\n## Guard\n") + 1));
const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: canary\n";

const yaml = (text: string): unknown => parseManifests(text).skipped[0]?.value;
const snippets = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");

interface Hook {
  readonly args?: readonly string[];
  readonly id: string;
  readonly name: string;
  readonly entry: string;
  readonly language: string;
  readonly pass_filenames?: boolean;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly { run?: string; shell?: string; uses?: string; env?: Record<string, string> }[];
  };
}
const hooks = yaml(readFileSync(join(root, ".pre-commit-hooks.yaml"), "utf8")) as readonly Hook[];
const actionFile = ".github/actions/secrets-guard/action.yml";
const action = yaml(readFileSync(join(root, actionFile), "utf8")) as Action;

/** A git repository with a Secret in its index, and a PATH on which `npx` starts the idstack of this repository. */
function repository() {
  const folder = temporary({ "db.yaml": secret, "ok.yaml": "a: 1\n" });
  const bin = join(root, "packages/cli/src/bin.ts");
  write(
    folder,
    "bin/npx",
    `#!/bin/sh\ncase "$1 $2" in "--no idstack"|"--yes idstack@"*) shift 2;; *) exit 70;; esac\nexec "${process.execPath}" --conditions=@idstack/source "${bin}" "$@"\n`,
  );
  chmodSync(join(folder, "bin/npx"), 0o755);
  const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"]}`, HOME: folder };
  execFileSync("git", ["-c", "init.defaultBranch=main", "init", "--quiet"], { cwd: folder, env });
  execFileSync("git", ["add", "db.yaml", "ok.yaml"], { cwd: folder, env });
  const shell = (script: string, more: NodeJS.ProcessEnv = {}, program = "sh") =>
    spawnSync(program, ["-c", script], { cwd: folder, env: { ...env, ...more }, encoding: "utf8" });
  return { folder, shell };
}

describe(".pre-commit-hooks.yaml", () => {
  it("has what pre-commit asks for", () => {
    expect(hooks.map(({ id }) => id)).toEqual(["idstack-secrets-guard", "idstack-secrets-guard-staged"]);
    for (const { name, entry, language } of hooks) {
      expect(name).not.toBe("");
      expect(entry).toMatch(/^npx --no idstack secrets guard/);
      expect(language).toBe("system");
    }
  });

  it.each(hooks)(
    "$id finds the Secret, and nothing when there is none",
    ({ entry, args = [], pass_filenames = true }) => {
      const { shell, folder } = repository();
      write(folder, "--help", "a file like any other\n");
      // pre-commit splits the entry like a shell and appends arguments and names.
      const run = (names: string) => shell([entry, ...args, ...(pass_filenames ? [names] : [])].join(" "));
      const found = run("--help db.yaml ok.yaml");
      expect(found.stderr).toBe("");
      expect(found.stdout).toContain("db.yaml:5:13 error sops/plain-secret");
      expect(found.status).toBe(1);
      shell("git rm --quiet --cached db.yaml");
      expect(run("ok.yaml")).toMatchObject({ status: 0, stderr: "" });
    },
  );

  it("is what the README shows", () => {
    const shown = snippets.map(yaml).find((each): each is { repos: readonly { hooks: { id: string }[] }[] } => {
      return typeof each === "object" && each !== null && "repos" in each;
    });
    const ids = shown?.repos.flatMap((repo) => repo.hooks.map(({ id }) => id)) ?? [];
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) expect(hooks.map((hook) => hook.id)).toContain(id);
  });
});

describe("the GitHub Action", () => {
  const step = action.runs.steps.find(({ run }) => run !== undefined);
  const environment = (inputs: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(step?.env ?? {}).map(([name, value]) => {
        const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1] ?? "";
        return [name, inputs[input] ?? action.inputs[input]?.default];
      }),
    );

  it("is composite, and every input it uses is declared", () => {
    expect(action.runs.using).toBe("composite");
    const used = [...readFileSync(join(root, actionFile), "utf8").matchAll(/inputs\.([\w-]+)/g)].map(
      (match) => match[1],
    );
    expect(new Set(used)).toEqual(new Set(Object.keys(action.inputs)));
    // A script with ${{ }} in it would run what an input holds.
    for (const { run } of action.runs.steps) expect(run ?? "").not.toContain("${{");
    for (const { run, shell } of action.runs.steps) if (run !== undefined) expect(shell).toBe("bash");
  });

  it.each([
    ["by default the whole repository", {}, 1],
    ["only what is named", { paths: "ok.yaml\n" }, 0],
    ["several paths", { paths: "ok.yaml\ndb.yaml\n" }, 1],
    ["warnings, when it is strict", { paths: "ok.yaml", strict: "true" }, 0],
    ["nothing of an input is run", { paths: "$(touch ran); `touch ran` *" }, 2],
  ])("judges %s", (_, inputs, status) => {
    const { folder, shell } = repository();
    const done = shell(step?.run ?? "", environment(inputs), "bash");
    expect(done.status, done.stdout + done.stderr).toBe(status);
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });

  it("is what the README uses", () => {
    expect(guide).toContain(`uses: idstack/idstack/${actionFile.replace("/action.yml", "")}@`);
  });
});

describe("snippets of the README", () => {
  const commands = [...guide.matchAll(/npx --no (idstack secrets guard[^\n`"']*)/g)].map((match) => match[1] ?? "");

  it("name commands and options that exist", async () => {
    expect(commands.length).toBeGreaterThanOrEqual(2);
    const { stdout } = await run(["secrets", "guard", "--help"], root);
    for (const command of commands) {
      for (const [option] of command.matchAll(/--[\w-]+/g)) expect(stdout).toContain(option);
    }
  });

  it.each(["pre-commit:", "repos:", "uses: idstack/"])("show a configuration with %s", (text) => {
    expect(snippets.some((snippet) => snippet.includes(text) && yaml(snippet) !== undefined)).toBe(true);
  });
});
