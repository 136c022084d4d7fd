import { execFileSync, spawn } from "node:child_process";
import { pbkdf2 } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ExecOptions, encrypt, execWithSecrets, generateIdentity, writeSecretFile } from "../../src/index.ts";
import { temporaryFolder } from "../helpers.ts";

const { identity, recipient } = await generateIdentity();
const folder = temporaryFolder();
const plain = `token: hunter2
float: 1500000.5
whole: 2.0
yes: true
at: 2024-01-02T03:04:05.5Z
nothing: null
empty: ""
# a comment
`;
const file = join(folder, "app.yaml");
writeFileSync(file, await encrypt(plain, { recipients: [recipient] }));

/** Runs a shell line, which puts what it finds into `out`. */
async function shell(line: string, options: ExecOptions = {}): Promise<{ code: number; out: string }> {
  const target = join(temporaryFolder(), "out");
  const env = { PATH: process.env["PATH"], nothing: "inherited", OUT: target };
  const code = await execWithSecrets(file, ["/bin/sh", "-c", line], { identities: [identity], env, ...options });
  return { code, out: existsSync(target) ? readFileSync(target, "utf8") : "" };
}

describe("in the environment", () => {
  test("values have sops' spelling; null removes; this process keeps its own environment", async () => {
    const before = { ...process.env };
    const { code, out } = await shell(
      'env | grep -v "^\\(PATH\\|OUT\\|PWD\\|_\\|SHLVL\\|OLDPWD\\)=" | sort > $OUT; exit 7',
    );
    expect(code).toBe(7);
    expect(out).toBe("at=2024-01-02T03:04:05Z\nempty=\nfloat=1.5000005E+06\ntoken=hunter2\nwhole=2.0\nyes=true\n");
    expect(process.env).toEqual(before);
  });

  test("null as sops writes it", async () => {
    expect((await shell('echo "$nothing" > $OUT', { nullAs: "<nil>" })).out).toBe("<nil>\n");
  });

  test("pristine leaves out the rest", async () => {
    const target = join(folder, "pristine");
    const { out } = await shell(`/usr/bin/env > "${target}"`, { pristine: true });
    expect(out).toBe("");
    expect(readFileSync(target, "utf8")).not.toContain("PATH=");
  });

  test("beforeStart comes after decryption, and its variables give way to secrets", async () => {
    const { out } = await shell('echo "$HOME $token" > $OUT', {
      beforeStart: () => ({ HOME: "/home/x", token: "no" }),
    });
    expect(out).toBe("/home/x hunter2\n");
  });

  test.each([
    ["a list", { a: [1] }, "a cannot be an environment variable: it is a mapping or a list"],
    [
      "a name with =",
      { "a=b": "x" },
      '["a=b"] cannot be an environment variable: its name is empty, or has a = or a NUL',
    ],
    ["a NUL", { a: "hun\0ter2" }, "a cannot be an environment variable: its value has a NUL in it"],
  ])("refuses %s, without its value", async (_, data, message) => {
    const bad = join(temporaryFolder(), "bad.json");
    writeFileSync(bad, await encrypt(data, { recipients: [recipient], format: "json" }));
    const error = await execWithSecrets(bad, ["true"], { identities: [identity] }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "unsupported-value", message: expect.stringContaining(message) });
    expect(String(error)).not.toContain("ter2");
  });

  test("a program that is not there, and a signal that ends one", async () => {
    const run = execWithSecrets(file, ["idstack-no-such-program"], { identities: [identity] });
    await expect(run).rejects.toMatchObject({ code: "program-not-found" });
    expect((await shell("kill -KILL $$")).code).toBe(137);
  });

  test("in the background nobody waits", async () => {
    const [go, done] = [join(temporaryFolder(), "go"), join(temporaryFolder(), "done")];
    execFileSync("mkfifo", [go, done]);
    const { code } = await shell(`read line < "${go}"; echo "$line $token" > "${done}"`, { process: "background" });
    expect(code).toBe(0);
    const answer = readFile(done, "utf8");
    await writeFile(go, "gone\n");
    expect(await answer).toBe("gone hunter2\n");
  });
});

describe("as a file", () => {
  test("0600 in a folder of its own, removed afterwards; in the format asked for", async () => {
    const { code, out } = await shell(
      'stat -c "%a" {} > $OUT; stat -c %a $(dirname {}) >> $OUT; echo {} >> $OUT; cat {} >> $OUT',
      {
        as: "file",
        outputFormat: "json",
        filename: "app.json",
      },
    );
    expect(code).toBe(0);
    const [mode, folderMode, path = "", ...content] = out.split("\n");
    expect([mode, folderMode]).toEqual(["600", "700"]);
    expect(path).toMatch(/\/\.sops\w+\/app\.json$/);
    expect(JSON.parse(content.join("\n"))).toMatchObject({ token: "hunter2" });
    expect(existsSync(dirname(path))).toBe(false);
  });

  test("the secrets are in no argument and not in the environment", async () => {
    const { out } = await shell(
      'tr "\\0" "\\n" < /proc/self/environ > $OUT; tr "\\0" " " < /proc/$$/cmdline >> $OUT; : {}',
      {
        as: "file",
      },
    );
    if (process.platform === "linux") expect(out).toContain("/bin/sh -c");
    expect(out).not.toContain("hunter2");
  });

  test("bytes of a binary file stay bytes", async () => {
    const binary = join(temporaryFolder(), "key.bin");
    const bytes = Buffer.from([0, 255, 10, 200]);
    writeFileSync(binary, await encrypt(bytes, { recipients: [recipient], file: binary }));
    const target = join(temporaryFolder(), "copy");
    await execWithSecrets(binary, ["cp", "{}", target], { identities: [identity], as: "file" });
    expect(readFileSync(target)).toEqual(bytes);
  });

  test("callers' mistakes", async () => {
    for (const options of [
      { filename: "../x" },
      { filename: "a/b" },
      { filename: ".." },
      { process: "same" as const },
    ]) {
      await expect(shell("true {}", { as: "file", ...options })).rejects.toThrow(TypeError);
    }
    await expect(execWithSecrets(file, [])).rejects.toThrow(TypeError);
    await expect(execWithSecrets(file, ["sh"], { process: "same" })).rejects.toThrow(TypeError);
  });
});

describe.skipIf(process.platform === "win32")("as a pipe", () => {
  test("is read once", async () => {
    const { out } = await shell("test -p {} && cat {} > $OUT", { as: "fifo" });
    expect(out).toContain("token: hunter2\n");
  });

  test("more than a pipe holds, and a reader that leaves early", async () => {
    const big = join(temporaryFolder(), "big.txt");
    writeFileSync(big, await encrypt("x".repeat(300_000), { recipients: [recipient], file: big }));
    const target = join(temporaryFolder(), "out");
    const run = (line: string) => execWithSecrets(big, ["/bin/sh", "-c", line], { identities: [identity], as: "fifo" });
    expect(await run(`wc -c < {} > "${target}"`)).toBe(0);
    expect(readFileSync(target, "utf8").trim()).toBe("300000");
    expect(await run(`head -c 10 {} > "${target}"`)).toBe(0);
  });

  test("nobody reads it, and it is removed before this came to open it", async () => {
    // Keeps all threads busy, so that whatever opens the pipe waits its turn.
    let over = false;
    const derive = promisify(pbkdf2);
    const busy = Array.from({ length: 16 }, async () => {
      while (!over) await derive("x", "y", 20_000, 64, "sha512");
    });
    for (const size of [1, 300_000]) {
      const secret = await writeSecretFile(Buffer.alloc(size), { name: "pipe", fifo: true, env: process.env });
      await secret[Symbol.asyncDispose]();
      expect(existsSync(dirname(secret.path))).toBe(false);
    }
    over = true;
    await Promise.all(busy);
  });

  test("nobody reads it, and this goes on", async () => {
    const { code, out } = await shell("echo {} > $OUT", { as: "fifo" });
    expect(code).toBe(0);
    expect(existsSync(dirname(out.trim()))).toBe(false);
  });
});

describe.skipIf(process.platform === "win32")("a process of its own", () => {
  /** A program that runs a shell line with secrets, and what comes out. */
  function start(line: string, options: string) {
    const source = new URL("../../src/index.ts", import.meta.url).pathname;
    const program = `
      import { execWithSecrets } from ${JSON.stringify(source)};
      process.exitCode = await execWithSecrets(${JSON.stringify(file)}, ["/bin/sh", "-c", ${JSON.stringify(line)}], {
        identities: [process.env.KEY], ${options} });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      env: { PATH: process.env["PATH"], KEY: identity },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const code = new Promise<number | null>((resolve) => child.once("close", resolve));
    const line1 = new Promise<string>((resolve) => {
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes("\n")) resolve(text);
      });
      child.stdout.on("end", () => resolve(text));
    });
    return { child, code, ready: line1 };
  }

  test.each(["file", "fifo"])("a signal reaches the command, and the %s is removed", async (as) => {
    const { child, code, ready } = start(
      'tail -f /dev/null > /dev/null & trap "kill $!; exit 3" TERM; echo {}; wait',
      `as: "${as}"`,
    );
    const path = (await ready).trim();
    expect(existsSync(path)).toBe(true);
    child.kill("SIGTERM");
    expect(await code).toBe(3);
    expect(existsSync(dirname(path))).toBe(false);
  });

  test("process.exit removes the file, ends the command, and waits for nobody", async () => {
    const { child, code, ready } = start(
      "echo {}; exec tail -f /dev/null",
      'as: "fifo", beforeStart: () => { process.prependListener("SIGUSR2", () => process.exit(9)); return {}; }',
    );
    const path = (await ready).trim();
    child.kill("SIGUSR2");
    expect(await code).toBe(9);
    expect(existsSync(dirname(path))).toBe(false);
  });

  test("the same process becomes the command", async () => {
    const { child, code, ready } = start('echo "$$ $token"; exit 4', 'process: "same"');
    expect((await ready).trim()).toBe(`${child.pid} hunter2`);
    expect(await code).toBe(4);
  });
});
