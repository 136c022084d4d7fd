import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decrypt, edit, encrypt, generateIdentity, rotate, updateKeys } from "@idstack/sops";
import { describe, expect, it } from "vitest";
import { temporary, write } from "../../support/home.ts";
import { run } from "../../support/run.ts";

const [mine, other] = [await generateIdentity(), await generateIdentity()];
const identities = [mine.identity];
const bin = join(import.meta.dirname, "../../../src/bin.ts");
const FILE = "db.sops.yaml";
const plain = `# who uses it
user: web
password: canary-old

stringData:
    token: canary-token # rotate in May
    host: db.example.com
`;
const sealed = await encrypt(plain, { recipients: [mine.recipient] });

/** A repository with the driver installed, whose git runs the program from its sources. */
async function repository({ key = mine.identity, command = "" } = {}) {
  const folder = temporary();
  write(folder, ".gitignore", "node_modules\npackage.json\ntmp\n");
  const env = {
    ...process.env,
    HOME: folder,
    TMPDIR: join(folder, "tmp"),
    GIT_CONFIG_GLOBAL: join(folder, "none"),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_EDITOR: "true",
    SOPS_AGE_KEY: key,
  };
  write(folder, "tmp/x", "");
  const settings = ["-c", "user.name=Me", "-c", "user.email=me@example.com", "-c", "init.defaultBranch=main"];
  const git = (...args: string[]) => spawnSync("git", [...settings, ...args], { cwd: folder, env, encoding: "utf8" });
  const ok = (...args: string[]): string => {
    const { status, stdout, stderr } = git(...args);
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  };
  ok("init", "--quiet");
  const program = command || `'${process.execPath}' --conditions=@idstack/source '${bin}'`;
  const installed = await run(["secrets", "merge", "--install", "--command", program], folder, { env });
  const put = (text: string, name = FILE) => writeFileSync(join(folder, name), text);
  const read = (name = FILE) => readFileSync(join(folder, name), "utf8");
  const commit = (message: string) => {
    ok("add", "-A");
    ok("commit", "--quiet", "-m", message);
  };
  /** One commit on each side of a fork. */
  const fork = async (ours: string, theirs: string, base: string | null = sealed) => {
    const set = (text: string | null) => (text === null ? rmSync(join(folder, FILE), { force: true }) : put(text));
    set(base);
    put("x", "other");
    commit("base");
    ok("checkout", "--quiet", "-b", "theirs");
    set(theirs);
    put("y", "theirs-too");
    commit("theirs");
    ok("checkout", "--quiet", "main");
    set(ours);
    put("z", "ours-too");
    commit("ours");
  };
  const secrets = (...args: string[]) => run(["secrets", ...args], folder, { env });
  return { folder, env, git, ok, put, read, commit, fork, secrets, installed };
}

const put = (path: string[], value: string, text = sealed) => edit(text, (doc) => doc.set(path, value), { identities });
const dataOf = async (text: string) => (await decrypt(text, { identities })).data;
const [ours, theirs] = [await put(["password"], "canary-ours"), await put(["password"], "canary-theirs")];
const elsewhere = await put(["user"], "shop");

/** Files and git objects below a folder that hold a text. */
function holding(text: string, folder: string, ok: (...args: string[]) => string): string[] {
  const below = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      if (entry.isDirectory()) return entry.name === "node_modules" ? [] : below(join(path, entry.name));
      return entry.isFile() ? [join(path, entry.name)] : [];
    });
  const files = below(folder);
  const objects = ok("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)").trim().split("\n");
  return [
    ...files.filter((path) => readFileSync(path, "latin1").includes(text)),
    ...objects.filter((line) => ok("cat-file", line.split(" ")[1] ?? "", line.split(" ")[0] ?? "").includes(text)),
  ];
}

it("installs the driver once, and says what to commit", async () => {
  const { read, installed, ok, secrets } = await repository();
  expect(installed.status).toBe(0);
  expect(read(".gitattributes")).toBe("*.sops.* merge=idstack diff=idstack\n*.enc.* merge=idstack diff=idstack\n");
  expect(ok("config", "merge.idstack.driver")).toMatch(/secrets merge --marker-size %L -- %O %A %B %P \|\| /);
  await secrets("merge", "--install", "--command", "idstack", "two words/*.yaml");
  expect(read(".gitattributes").split("\n")[2]).toBe('"two words/*.yaml" merge=idstack diff=idstack');
  expect(ok("check-attr", "merge", "two words/a.yaml")).toContain("idstack");
  const { status, stderr } = await run(["secrets", "merge", "--install"], temporary());
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("git repository") });
  expect((await secrets("merge", "one", "two")).status).toBe(2);
});

it("merges different keys and keeps comments", async () => {
  const { fork, ok, read } = await repository();
  await fork(ours, elsewhere);
  ok("merge", "theirs", "-m", "merge");
  const { text } = await decrypt(read(), { identities });
  expect(text).toBe(plain.replace("user: web", "user: shop").replace("canary-old", "canary-ours"));
});

it("merges the same change of both sides", async () => {
  const { fork, ok, read } = await repository();
  await fork(ours, await put(["password"], "canary-ours", elsewhere));
  ok("merge", "theirs", "-m", "merge");
  expect(await dataOf(read())).toMatchObject({ user: "shop", password: "canary-ours" });
});

describe("a conflict", () => {
  it.each([
    ["--ours", "canary-ours"],
    ["--theirs", "canary-theirs"],
  ])("resolves with %s", async (flag, password) => {
    const { fork, git, ok, read, secrets, folder } = await repository();
    await fork(ours, theirs);
    const merge = git("merge", "theirs");
    expect(merge.status).toBe(1);
    expect(merge.stderr).toContain("password: changed on both sides");
    expect(read()).toMatch(/^<{7} ours$/m);
    const guarded = await secrets("guard", FILE);
    expect(guarded).toMatchObject({ status: 1, stdout: expect.stringContaining("merge-conflict") });
    const listed = await secrets("resolve", FILE);
    expect(listed).toMatchObject({ status: 1, stderr: expect.stringContaining("1 unresolved: password") });
    const resolved = await secrets("resolve", flag, FILE);
    expect(resolved).toMatchObject({ status: 0, stderr: "" });
    expect(await dataOf(read())).toMatchObject({ password });
    expect((await secrets("guard", FILE)).status).toBe(0);
    ok("commit", "--quiet", "-a", "-m", "merge");
    const said = merge.stdout + merge.stderr + listed.stderr + resolved.stdout;
    expect(said).not.toContain("canary");
    expect(holding("canary", folder, ok)).toEqual([]);
    expect(readdirSync(join(folder, "tmp"))).toEqual(["x"]);
  });

  it("resolves in an editor, whose file is private and gone afterwards", async () => {
    const { fork, git, read, folder, env } = await repository();
    await fork(ours, theirs);
    git("merge", "theirs");
    const editor = join(folder, "tmp/editor.sh");
    const edited = { env: { ...env, EDITOR: `'${editor}'` } };
    const unresolved = read();
    writeFileSync(editor, '#!/bin/sh\n: > "$1"\n', { mode: 0o755 });
    const emptied = await run(["secrets", "resolve", "--edit", FILE], folder, edited);
    expect([emptied.status, read()]).toEqual([92, unresolved]);
    writeFileSync(
      editor,
      `#!/bin/sh\nstat -c '%a %n' "$1" > '${folder}/tmp/seen'\ngrep -c canary "$1" >> '${folder}/tmp/seen'\nsed -i -e '/^[<=>]\\{7\\}/d' -e '/canary-theirs/d' -e s/canary-ours/canary-edited/ "$1"\n`,
    );
    chmodSync(editor, 0o755);
    const ended = await run(["secrets", "resolve", "--edit", FILE], folder, edited);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(await dataOf(read())).toMatchObject({ password: "canary-edited", user: "web" });
    const [mode = "", path = "", count] = readFileSync(join(folder, "tmp/seen"), "utf8").trim().split(/\s/);
    expect([mode, existsSync(path), count]).toEqual(["600", false, "3"]);
    expect(path.startsWith(folder)).toBe(!existsSync("/dev/shm"));
  });

  it("resolves place by place", async () => {
    const { fork, git, read, secrets } = await repository();
    await fork(await put(["user"], "a", ours), await put(["user"], "b", theirs));
    git("merge", "theirs");
    expect((await secrets("resolve", "--take", "nothing=ours", "--ours", FILE)).status).toBe(2);
    const part = await secrets("resolve", "--json", "--take", "user=theirs", FILE);
    expect([part.status, part.stderr, JSON.parse(part.stdout)]).toEqual([
      1,
      "",
      { file: FILE, resolved: false, unresolved: ["password"] },
    ]);
    expect((await secrets("resolve", "--ours", "--take", "user=theirs", FILE)).status).toBe(0);
    expect(await dataOf(read())).toMatchObject({ user: "b", password: "canary-ours" });
    expect((await secrets("resolve", "--ours", FILE)).status).toBe(2);
  });

  it("of deletion and change", async () => {
    const gone = await edit(sealed, (doc) => doc.delete(["password"]), { identities });
    const { fork, git, read, secrets } = await repository();
    await fork(gone, theirs);
    expect(git("merge", "theirs").stderr).toContain("password: deleted in ours, changed in theirs");
    await secrets("resolve", "--ours", FILE);
    expect(await dataOf(read())).not.toHaveProperty("password");
  });
});

it.each(["rebase", "cherry-pick", "stash"])("works in a %s", async (how) => {
  const { fork, ok, git, put: write_, read, secrets } = await repository();
  await fork(ours, elsewhere);
  if (how === "stash") {
    write_(await put(["stringData", "token"], "stashed", read()));
    ok("stash", "--quiet");
    write_(await put(["user"], "shop", read()));
    ok("commit", "--quiet", "-a", "-m", "more");
    ok("stash", "pop");
    expect(await dataOf(read())).toMatchObject({ user: "shop", stringData: { token: "stashed" } });
    return;
  }
  ok(how, "theirs");
  expect(await dataOf(read())).toMatchObject({ user: "shop", password: "canary-ours" });
  ok("checkout", "--quiet", "-b", "again");
  write_(await put(["user"], "x", read()));
  ok("commit", "--quiet", "-a", "-m", "x");
  ok("checkout", "--quiet", "main");
  write_(await put(["user"], "y", read()));
  ok("commit", "--quiet", "-a", "-m", "y");
  expect(git(how, "again").status).toBe(1);
  await secrets("resolve", "--theirs", FILE);
  ok("add", FILE);
  ok(how, "--continue");
  expect(await dataOf(read())).toMatchObject({ user: how === "rebase" ? "y" : "x" });
});

it("follows a rename on one side", async () => {
  const { fork, ok, read, commit } = await repository();
  await fork(ours, elsewhere);
  ok("mv", FILE, "moved.sops.yaml");
  commit("rename");
  ok("merge", "theirs", "-m", "merge");
  expect(await dataOf(read("moved.sops.yaml"))).toMatchObject({ user: "shop", password: "canary-ours" });
});

it("merges files that both sides added", async () => {
  const { fork, git, ok, read, secrets } = await repository();
  const added = await encrypt(plain.replace("user: web", "user: web\nport: 5432"), { recipients: [mine.recipient] });
  await fork(ours, added, null);
  expect(git("merge", "theirs").status).toBe(1);
  expect((await secrets("resolve", "--ours", FILE)).status).toBe(0);
  expect(await dataOf(read())).toMatchObject({ port: 5432, password: "canary-ours" });
  ok("commit", "--quiet", "-a", "-m", "merge");
});

it("merges when both sides rotated, or one changed the recipients", async () => {
  const { fork, ok, read } = await repository();
  const [a, b] = [await rotate(ours, { identities }), await rotate(elsewhere, { identities, add: [other.recipient] })];
  await fork(a, b);
  ok("merge", "theirs", "-m", "merge");
  expect(await dataOf(read())).toMatchObject({ user: "shop", password: "canary-ours" });
  expect((await decrypt(read(), { identities: [other.identity] })).data).toMatchObject({ user: "shop" });
});

it("merges new values of one side with new recipients of the other", async () => {
  const { fork, ok, read } = await repository();
  const { text } = await updateKeys(sealed, { recipients: [mine.recipient, other.recipient] }, { identities });
  await fork(ours, text);
  ok("merge", "theirs", "-m", "merge");
  const { data } = await decrypt(read(), { identities: [other.identity] });
  expect(data).toMatchObject({ password: "canary-ours" });
});

it("merges and resolves files of every store", async () => {
  const { ok, git, put: write_, read, commit, secrets, folder } = await repository();
  const stores = ["a.sops.json", "b.sops.env", "c.sops.ini", "d.sops.bin"];
  const make = (file: string, value: string) => {
    const format = file.endsWith("bin") ? `canary-${value}` : { db: { user: "web", token: `canary-${value}` } };
    return encrypt(file.endsWith("env") ? { user: "web", token: `canary-${value}` } : format, {
      recipients: [mine.recipient],
      file,
    });
  };
  for (const [branch, value] of [
    ["main", "old"],
    ["theirs", "theirs"],
    ["main", "ours"],
  ] as const) {
    if (value === "theirs") ok("branch", "theirs");
    if (value !== "old") ok("checkout", "--quiet", branch);
    for (const file of stores) write_(await make(file, value), file);
    commit(value);
  }
  expect(git("merge", "theirs").status).toBe(1);
  for (const file of stores) {
    expect(read(file)).toMatch(/^<{7} ours$/m);
    expect((await secrets("resolve", "--theirs", file)).status).toBe(0);
    expect((await decrypt(read(file), { identities, file })).text).toContain("canary-theirs");
  }
  ok("commit", "--quiet", "-a", "-m", "merge");
  expect(holding("canary", folder, ok)).toEqual([]);
});

it("leaves git's own conflict when no key is at hand, and merges later", async () => {
  const { fork, git, ok, read, folder, env, secrets } = await repository({ key: other.identity });
  await fork(ours, elsewhere);
  const merge = git("merge", "theirs");
  expect(merge.status).toBe(1);
  expect(merge.stderr).toContain("no identity opens the file");
  expect(merge.stderr).toContain(`idstack secrets resolve --again ${FILE}`);
  expect(read()).toMatch(/^<{7} ours$/m);
  expect([ok("show", `:2:${FILE}`), ok("show", `:3:${FILE}`)]).toEqual([ours, elsewhere]);
  expect((await secrets("resolve", "--ours", FILE)).status).not.toBe(0);
  const withKey = { env: { ...env, SOPS_AGE_KEY: mine.identity } };
  expect((await run(["secrets", "resolve", "--again", FILE], folder, withKey)).status).toBe(0);
  expect(await dataOf(read())).toMatchObject({ user: "shop", password: "canary-ours" });
});

it("leaves files that are not encrypted to git's own merge", async () => {
  const { fork, git, read } = await repository();
  const lines = (a: string, b: string) => `${a}\n1\n2\n3\n4\n${b}\n`;
  await fork(lines("A", "b"), lines("a", "B"), lines("a", "b"));
  expect(git("merge", "theirs", "-m", "merge").status).toBe(0);
  expect(read()).toBe(lines("A", "B"));
});

it.each([
  ["is not there", "/nowhere/idstack"],
  ["is killed while it works", "sh -c 'kill -9 $$'"],
])("a program that %s leaves git's own conflict", async (_, command) => {
  const { fork, git, ok, read, folder, env } = await repository({ command });
  await fork(ours, elsewhere);
  expect(ok("diff", "main", "theirs", "--", FILE)).toContain("+user: ENC[");
  expect(git("merge", "theirs").status).toBe(1);
  expect(read()).toMatch(/^<{7} ours$/m);
  expect([ok("show", `:2:${FILE}`), ok("show", `:3:${FILE}`)]).toEqual([ours, elsewhere]);
  expect((await run(["secrets", "resolve", "--again", FILE], folder, { env })).status).toBe(0);
  expect(await dataOf(read())).toMatchObject({ user: "shop", password: "canary-ours" });
});

it("a driver that is killed leaves the file and both versions", async () => {
  const { fork, git, ok, read, folder, env } = await repository({ command: "kill -9 $$; true" });
  await fork(ours, elsewhere);
  expect(git("merge", "theirs").status).not.toBe(0);
  expect([ours, sealed]).toContain(read());
  const unmerged = ok("ls-files", "--unmerged").trim();
  if (unmerged === "") {
    expect([ok("show", `main:${FILE}`), ok("show", `theirs:${FILE}`)]).toEqual([ours, elsewhere]);
    return;
  }
  expect([ok("show", `:2:${FILE}`), ok("show", `:3:${FILE}`)]).toEqual([ours, elsewhere]);
  expect((await run(["secrets", "resolve", "--again", FILE], folder, { env })).status).toBe(0);
  expect(await dataOf(read())).toMatchObject({ user: "shop", password: "canary-ours" });
});

it("takes files for files whatever they are called", async () => {
  const { ok, git, put: write_, read, commit } = await repository();
  const names = ["-x.sops.yaml", "--install.sops.yaml", "--input-type=json.sops.yaml"];
  const all = (text: string) => {
    for (const name of names) write_(text, name);
  };
  all(sealed);
  commit("base");
  ok("checkout", "--quiet", "-b", "theirs");
  all(await put(["password"], "canary-theirs"));
  commit("theirs");
  ok("checkout", "--quiet", "main");
  all(elsewhere);
  const shown = git("diff");
  expect([shown.status, shown.stderr, shown.stdout.match(/^\+user: <str:/gm)?.length]).toEqual([0, "", names.length]);
  commit("ours");
  ok("merge", "--quiet", "--no-edit", "theirs");
  for (const name of names) expect(await dataOf(read(name))).toMatchObject({ user: "shop", password: "canary-theirs" });
});

describe("git diff", () => {
  it("shows which values changed, and no value", async () => {
    const { fork, ok, folder, put: write_, git } = await repository();
    await fork(ours, theirs);
    const log = ok("log", "-p", "-1", "--", FILE);
    expect(log).toMatch(/^-password: <str:\w{12}>\n\+password: <str:\w{12}>$/m);
    expect(log.match(/^[-+]\w/gm)).toHaveLength(2);
    expect(log).not.toMatch(/canary|ENC\[/);
    write_("not: [valid");
    expect(git("diff").status).toBe(0);
    const key = join(folder, ".git/idstack/textconv.key");
    expect([statSync(key).mode & 0o777, statSync(key).size]).toEqual([0o600, 32]);
  });

  it("shares its key between worktrees, not between clones", async () => {
    const { ok, folder, env, put: write_, commit, secrets } = await repository();
    write_(sealed);
    commit("first");
    const digest = ({ stdout }: { stdout: string }) => /password: (<str:\w{12}>)/.exec(stdout)?.[1];
    const here = digest(await secrets("textconv", FILE));
    expect(here).toBeDefined();
    ok("worktree", "add", "--quiet", "-b", "tree", "tmp/tree");
    const tree = await run(["secrets", "textconv", FILE], join(folder, "tmp/tree"), { env });
    expect(digest(tree)).toBe(here);
    expect(ok("-C", "tmp/tree", "show", "--textconv", `main:${FILE}`)).toContain(`password: ${here}`);
    ok("clone", "--quiet", ".", "tmp/clone");
    const cloned = digest(await run(["secrets", "textconv", FILE], join(folder, "tmp/clone"), { env }));
    expect([cloned === undefined, cloned === here]).toEqual([false, false]);
  });

  it("shows names and recipients without a key, and works outside a repository", async () => {
    const folder = temporary({ [FILE]: sealed });
    const env = { SOPS_AGE_KEY: other.identity, HOME: folder, GIT_CEILING_DIRECTORIES: tmpdir() };
    const { status, stdout } = await run(["secrets", "textconv", FILE], folder, { env });
    expect(status).toBe(0);
    expect(stdout).toContain("password: <encrypted>\n");
    expect(stdout).toContain(`encrypted for ${mine.recipient}`);
  });
});
