import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Consumer, installConsumer } from "../src/consumer.ts";
import { allowedWithoutRunning, readmes, shellCommands, snippetsOf } from "../src/readme.ts";
import { run } from "../src/run.ts";
import { root } from "../src/workspace.ts";

const snippets = readmes().flatMap((file) => snippetsOf(file));
const name = ({ file, line }: { file: string; line: number }): string => `${file}:${line}`;

let consumer: Consumer;
beforeAll(() => {
  consumer = installConsumer();
  cpSync(join(root, "examples/identity-stack"), join(consumer.directory, "home"), {
    recursive: true,
    filter: (source) => !/node_modules|\.report|\.idstack-local/.test(source),
  });
}, 600_000);
afterAll(() => consumer?.[Symbol.dispose]());

describe("ts blocks run on the packed packages", () => {
  it.each(snippets.filter(({ language }) => language === "ts").map((each) => [name(each), each] as const))(
    "%s",
    { timeout: 300_000 },
    (where, { code, output }) => {
      const isTest = /from "vitest"/.test(code);
      const stem = where.replaceAll(/[^a-z0-9]+/gi, "-");
      consumer.write(`${stem}${isTest ? ".test" : ""}.ts`, code);
      const result = isTest
        ? run("node", ["node_modules/vitest/vitest.mjs", "run", stem], { cwd: consumer.directory })
        : run("node", [`${stem}.ts`], {
            cwd: consumer.directory,
            env: { NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
          });
      expect(result.status, result.output).toBe(0);
      if (output !== undefined) expect(result.stdout).toBe(output);
    },
  );
});

describe("sh blocks run, or are installs", () => {
  it.each(snippets.filter(({ language }) => language === "sh").map((each) => [name(each), each] as const))(
    "%s",
    { timeout: 300_000 },
    (_, { code, output }) => {
      const commands = shellCommands(code);
      const toRun = commands.filter((line) => !allowedWithoutRunning.some((allowed) => allowed.test(line)));
      if (toRun.length === 0) return;
      const bin = join(consumer.directory, "node_modules/.bin");
      const result = run("bash", ["-euo", "pipefail", "-c", toRun.join("\n")], {
        cwd: join(consumer.directory, "home"),
        env: { PATH: `${bin}:${process.env["PATH"]}` },
      });
      expect(result.status, result.output).toBe(0);
      if (output !== undefined) expect(result.stdout).toBe(output);
    },
  );
});

describe("what the READMEs say", () => {
  it("every block has a language that a test handles", () => {
    const known = new Set(["ts", "sh", "text", "yaml", "json", "mermaid"]);
    expect(snippets.filter(({ language }) => !known.has(language)).map(name)).toEqual([]);
  });

  it("whoever shows `await using` says that it needs Node 24 and shows close()", () => {
    for (const file of readmes()) {
      const using = snippetsOf(file).some(({ code }) => code.includes("await using"));
      if (!using) continue;
      const text = textOf(file);
      expect(text, file).toMatch(/Node(\.js)? (>= )?24/);
      expect(text, file).toMatch(/\.close\(\)/);
    }
  });
});

function textOf(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
