import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { encrypt } from "@idstack/sops";
import { describe, expect, it } from "vitest";
import { type Ended, run, runProcess, start } from "../../support/run.ts";
import { runSops, type SopsHome, sopsHome } from "../../support/sops.ts";

/** `app.env` and `db.yaml`, encrypted. */
async function home(): Promise<SopsHome> {
  const made = await sopsHome();
  const recipients = [made.recipient];
  for (const [name, text] of [
    ["app.env", "TOKEN=hunter2\nEMPTY=\n"],
    ["db.yaml", "db:\n  password: s3cret\n"],
  ] as const) {
    writeFileSync(made.path(name), await encrypt(text, { recipients, file: name }));
  }
  return made;
}

/** Either grammar, with the same arguments. */
const grammars: readonly (readonly [string, (args: readonly string[], at: SopsHome) => Promise<Ended>])[] = [
  [
    "idstack secrets",
    (args, at) => run(["secrets", ...args], at.folder, { env: { ...at.env, SOPS_AGE_KEY_FILE: "" } }),
  ],
  ["idstack-sops", runSops],
];

describe.each(grammars)("%s", (_, command) => {
  it("exec-env runs a shell line and ends with its status", async () => {
    const at = await home();
    const { status, stderr } = await command(["exec-env", "app.env", `echo "$TOKEN|$EMPTY" > out; exit 7`], at);
    expect([status, stderr]).toEqual([7, ""]);
    expect(readFileSync(at.path("out"), "utf8")).toBe("hunter2|\n");
  });

  it("exec-env --pristine leaves out the rest", async () => {
    const at = await home();
    const line = "/usr/bin/env > out";
    expect((await command(["exec-env", "--pristine", "app.env", line], at)).status).toBe(0);
    expect(readFileSync(at.path("out"), "utf8")).not.toMatch(/SOPS_AGE_KEY|HOME/);
  });

  it.skipIf(process.platform === "win32")("exec-file gives a pipe, or a file with a name", async () => {
    const at = await home();
    const piped = await command(["exec-file", "db.yaml", "test -p {} && cat {} > out; echo {} >> out"], at);
    expect(piped).toMatchObject({ status: 0, stderr: "" });
    const out = readFileSync(at.path("out"), "utf8");
    expect(out).toMatch(/^db:\n {4}password: s3cret\n.*\/tmp-file\n$/);
    expect(existsSync(dirname(out.split("\n")[2] ?? ""))).toBe(false);
    const flags = ["--no-fifo", "--filename", "db.json", "--output-type", "json"];
    expect(
      (await command(["exec-file", ...flags, "db.yaml", "test -f {} && cat {} > out; echo {} >> out"], at)).status,
    ).toBe(0);
    expect(readFileSync(at.path("out"), "utf8")).toMatch(/^\{\n\t"db": \{[\s\S]*\n\}\n\/.*\/db\.json\n$/);
  });

  it.each<[number, RegExp, readonly string[]]>([
    [1, /db cannot be an environment variable/, ["exec-env", "db.yaml", "true"]],
    [2, /no such file/, ["exec-env", "nope.env", "true"]],
    [1, /without folders/, ["exec-file", "--no-fifo", "--filename", "../x", "db.yaml", "true {}"]],
    [8, /exclude each other/, ["exec-env", "--background", "--same-process", "app.env", "true"]],
    [1, /there is no such user|may not become/, ["exec-env", "--user", "idstack-nobody", "app.env", "true"]],
  ])("ends with %i: %s", async (status, message, args) => {
    if (process.platform === "win32" && args.includes("--user")) return;
    const ended = await command(args, await home());
    expect(ended.status).toBe(status);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toMatch(/hunter2|s3cret/);
  });

  it("says that no key fits, with 128", async () => {
    const at = await home();
    const env = { ...at.env, SOPS_AGE_KEY: "" };
    expect((await command(["exec-env", "app.env", "true"], { ...at, env })).status).toBe(128);
  });
});

it("idstack-sops exec-file does not go to the background", async () => {
  const ended = await runSops(["exec-file", "--background", "db.yaml", "true {}"], await home());
  expect(ended).toMatchObject({ status: 8, stderr: expect.stringContaining("would remove the file") });
});

describe("as a process", () => {
  it.skipIf(process.platform === "win32")("hands on stdin, stdout and signals", async () => {
    const at = await home();
    const line =
      'tail -f /dev/null > /dev/null 2>&1 & trap "kill $!; echo ended; exit 5" TERM; echo {}; read x; echo "$x"; wait';
    const running = start(["secrets", "exec-file", "db.yaml", line], at.folder, { env: at.env });
    const path = (await running.line()) ?? "";
    expect(existsSync(path)).toBe(true);
    running.child.stdin?.write("hello\n");
    expect(await running.line()).toBe("hello");
    running.child.kill("SIGTERM");
    expect(await running.line()).toBe("ended");
    expect((await running.ended).status).toBe(5);
    expect(existsSync(dirname(path))).toBe(false);
  });

  it("runs a program without a shell after --", async () => {
    const at = await home();
    const args = ["secrets", "exec-env", "app.env", "--", "node", "-p", "`$" + "{process.env.TOKEN}; $HOME`"];
    expect(await runProcess(args, at.folder, { env: at.env })).toMatchObject({ status: 0, stdout: "hunter2; $HOME\n" });
  });

  it.skipIf(process.platform === "win32")(
    "becomes the command with --same-process, with a shell or without",
    async () => {
      const at = await home();
      for (const command of [["echo $$ $TOKEN; exit 4"], ["sh", "-c", "echo $$ $TOKEN; exit 4"]]) {
        const running = start(["secrets", "exec-env", "--same-process", "app.env", ...command], at.folder, {
          env: at.env,
        });
        expect(await running.line()).toBe(`${running.child.pid} hunter2`);
        expect((await running.ended).status).toBe(4);
      }
    },
  );

  it.skipIf(process.platform === "win32" || userInfo().uid !== 0)("becomes another user, as root", async () => {
    const at = await home();
    const args = (...rest: string[]) => ["secrets", ...rest];
    const env = await runProcess(
      args("exec-env", "--user", "nobody", "app.env", "cd /; id -un; echo $USER $TOKEN"),
      at.folder,
      { env: at.env },
    );
    expect(env).toMatchObject({ status: 0, stdout: "nobody\nnobody hunter2\n" });
    const file = await runProcess(
      args("exec-file", "--no-fifo", "--user", "nobody", "db.yaml", "id -un; cat {}"),
      at.folder,
      { env: at.env },
    );
    expect(file).toMatchObject({ status: 0, stdout: "nobody\ndb:\n    password: s3cret\n" });
  });
});
