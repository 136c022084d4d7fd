import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Consumer, installConsumer } from "../src/consumer.ts";
import { readmes, snippetsOf } from "../src/readme.ts";
import { run } from "../src/run.ts";
import { publishedPackages } from "../src/workspace.ts";

const entries = publishedPackages().flatMap(({ manifest }) =>
  Object.keys(manifest.exports ?? {})
    .filter((key) => key !== "./package.json" && !key.includes("*"))
    .map((key) => `${manifest.name}${key.slice(1)}`),
);
const withoutVitest = entries.filter((entry) => !entry.endsWith("/vitest"));

let consumer: Consumer;
beforeAll(() => {
  consumer = installConsumer();
}, 600_000);
afterAll(() => consumer?.[Symbol.dispose]());

function compile(module: string, moduleResolution: string): string {
  consumer.write(
    "tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        module,
        moduleResolution,
        target: "es2024",
        strict: true,
        noEmit: true,
        types: ["node"],
        skipLibCheck: false,
      },
      files: ["everything.ts"],
    }),
  );
  return run("node", ["node_modules/typescript/bin/tsc", "-p", "."], { cwd: consumer.directory }).output;
}

describe("an installed copy of every package", () => {
  it.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])(
    "compiles with module %s and moduleResolution %s, declarations checked",
    { timeout: 300_000 },
    (module, resolution) => {
      const lines = entries.map((entry, index) => `import * as m${index} from "${entry}";`);
      consumer.write(
        "everything.ts",
        `${lines.join("\n")}\nexport const all = [${entries.map((_, i) => `m${i}`).join(", ")}];\n`,
      );
      expect(compile(module, resolution)).toBe("");
    },
  );

  it("runs: every entry can be imported", { timeout: 60_000 }, () => {
    consumer.write("run.mjs", withoutVitest.map((entry) => `await import(${JSON.stringify(entry)});`).join("\n"));
    const { status, output } = run("node", ["run.mjs"], { cwd: consumer.directory });
    expect(status, output).toBe(0);
  });

  it("can be required from CommonJS", { timeout: 60_000 }, () => {
    const libraries = withoutVitest.filter((entry) => entry !== "idstack");
    consumer.write("run.cjs", libraries.map((entry) => `require(${JSON.stringify(entry)});`).join("\n"));
    const { status, output } = run("node", ["run.cjs"], { cwd: consumer.directory });
    expect(status, output).toBe(0);
  });

  it("README snippets type-check against the shipped declarations", { timeout: 300_000 }, () => {
    const files = readmes()
      .flatMap((file) => snippetsOf(file))
      .filter(({ language }) => language === "ts")
      .map(({ file, line, code }) => {
        const name = `snippet-${file.replaceAll(/[^a-z0-9]+/gi, "-")}-${line}.ts`;
        consumer.write(name, `${code}\nexport {};\n`);
        return name;
      });
    consumer.write(
      "tsconfig.json",
      JSON.stringify({
        compilerOptions: {
          module: "nodenext",
          target: "es2024",
          lib: ["es2024", "esnext.disposable"],
          strict: true,
          noEmit: true,
          types: ["node"],
          skipLibCheck: true,
        },
        files,
      }),
    );
    expect(run("node", ["node_modules/typescript/bin/tsc", "-p", "."], { cwd: consumer.directory }).output).toBe("");
  });
});
