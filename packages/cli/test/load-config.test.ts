import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type CliError, loadConfig } from "idstack";
import { describe, expect, it } from "vitest";
import { home, temporary, write } from "./support/home.ts";
import { run, runProcess } from "./support/run.ts";

/** Loads files with Node itself: the errors of its loader are what has to be explained. */
function failuresOf(folder: string, files: readonly string[]): Record<string, CliError & { diagnostics: object[] }> {
  const module = join(import.meta.dirname, "../src/load-config.ts");
  const script = `
    import { loadConfig } from ${JSON.stringify(module)};
    const failures = {};
    for (const file of ${JSON.stringify(files)}) {
      await loadConfig(file, process.cwd()).catch((error) => {
        const { name, code, message, diagnostics } = error;
        failures[file] = { name, code, message, diagnostics };
      });
    }
    console.log(JSON.stringify(failures));`;
  const args = ["--conditions=@idstack/source", "--input-type=module", "--eval", script];
  return JSON.parse(spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" }).stdout);
}

const broken = {
  "syntax-error.ts": "export const a = 1;\nexport default { a: };\n",
  "syntax-error.mjs": "export default { a: };\n",
  "unsupported-syntax.ts": "\nenum Color { Red }\nexport default Color;\n",
  "missing-file.ts": '// see "./nowhere.ts"\n\nexport { default } from "./nowhere.ts";\n',
  "missing-package.ts": 'import { x } from "@nobody/nothing";\nexport default x;\n',
  "missing-export.ts": 'import {\n  defineStak,\n} from "@idstack/stack";\nexport default defineStak({});\n',
  "broken-import.ts": 'export { default } from "./syntax-error.ts";\n',
  "throws.ts": 'export default read();\nfunction read(): never {\n  throw new TypeError("no token");\n}\n',
  "throws-text.ts": 'throw "no error";\n',
  "throws-in-library.ts":
    'import { serviceId } from "@idstack/stack";\nexport default serviceId({ cluster: { trustDomain: "A" }, services: {} } as never, "x");\n',
};

/** File → code, place and what the message says. */
const explained: Record<keyof typeof broken, [code: string, place: string, message: string]> = {
  "syntax-error.ts": ["config-syntax", "syntax-error.ts:2:21", "Expression expected"],
  "syntax-error.mjs": ["config-syntax", "syntax-error.mjs", "Unexpected token '}'"],
  "unsupported-syntax.ts": ["config-syntax", "unsupported-syntax.ts:2:1", "TypeScript enum is not supported"],
  "missing-file.ts": ["config-import", "missing-file.ts:3:28", "nowhere.ts"],
  "missing-package.ts": ["config-import", "missing-package.ts:1:20", "Cannot find package '@nobody/nothing'"],
  "missing-export.ts": ["config-syntax", "missing-export.ts:2:3", "does not provide an export named 'defineStak'"],
  "broken-import.ts": ["config-syntax", "syntax-error.ts:2:21", "Expression expected"],
  "throws.ts": ["config-throws", "throws.ts:3:9", "no token"],
  "throws-text.ts": ["config-throws", "throws-text.ts", "no error"],
  "throws-in-library.ts": ["config-throws", "throws-in-library.ts:2:16", "no service"],
};

it.each([".", "my lab"])("says what is wrong in which line of a declaration in %s that cannot be loaded", (name) => {
  const files = Object.entries(broken).map(([file, text]) => [join(name, file), text]);
  const folder = join(temporary(Object.fromEntries(files)), name);
  const failures = failuresOf(folder, Object.keys(broken));
  const found = Object.entries(failures).map(([file, { name, code, message, diagnostics }]) => {
    expect({ name, code, message }).toEqual({
      name: "CliError",
      code: "config-invalid",
      message: `${file} cannot be loaded`,
    });
    const [first, ...rest] = diagnostics as {
      code: string;
      file: string;
      line?: number;
      column?: number;
      message: string;
    }[];
    expect(rest).toEqual([]);
    expect(first?.message).not.toContain("\n");
    const place = [first?.file, first?.line, first?.column].filter((part) => part !== undefined).join(":");
    return [file, [first?.code, place, first?.message]];
  });
  expect(Object.fromEntries(found)).toEqual(
    Object.fromEntries(
      Object.entries(explained).map(([file, [code, place, message]]) => [
        file,
        [code, place, expect.stringContaining(message)],
      ]),
    ),
  );
});

it("reaches the user with an excerpt and exit status 2", async () => {
  const folder = temporary(broken);
  const { status, stdout, stderr } = await runProcess(["render", "-c", "missing-package.ts"], folder);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toBe(
    [
      "idstack: missing-package.ts cannot be loaded",
      "missing-package.ts:1:20 error config-import: Cannot find package '@nobody/nothing'",
      '  1 | import { x } from "@nobody/nothing";',
      "    |                    ^",
      "  Install it: npm install --save-dev @nobody/nothing",
      "",
    ].join("\n"),
  );
});

describe("a declaration with mistakes", () => {
  it("names each with its path", async () => {
    const folder = home((text) => text.replace('calls: ["api"]', 'calls: ["apii"], prot: 1'));
    const { status, stdout, stderr } = await run(["render"], folder);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^idstack: the declaration has 1 mistake\n/);
    expect(stderr).toMatch(/^stack\.config\.ts error .*"prot"/m);
    expect(stderr).toMatch(/^ {2}at services\.web\.prot$/m);

    const { error } = JSON.parse((await run(["render", "--json"], folder)).stdout);
    expect(error).toMatchObject({
      code: "config-invalid",
      diagnostics: [{ file: "stack.config.ts", path: "services.web.prot", severity: "error" }],
    });
  });

  it("is found too where nobody called defineStack", async () => {
    const folder = temporary({ "stack.config.ts": "export default { declaration: { cluster: {} } };\n" });
    const { status, stderr } = await run(["render"], folder);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^idstack: the declaration has \d+ mistakes\n/);
    expect(stderr).toContain("at cluster.trustDomain");
  });
});

it.each([
  ["no default export", "export const stack = 1;\n"],
  ["a function", "export default () => ({});\n"],
  ["a promise", "export default Promise.resolve({ declaration: {} });\n"],
  ["null", "export default null;\n"],
])("refuses a module with %s", async (_, text) => {
  const folder = temporary();
  write(folder, "stack.config.ts", text);
  await expect(loadConfig("stack.config.ts", folder)).rejects.toMatchObject({
    code: "config-invalid",
    message: expect.stringContaining("has no default export made by defineStack()"),
  });
});

it("loads a declaration by a relative and by an absolute path", async () => {
  const folder = home();
  for (const file of ["stack.config.ts", join(folder, "stack.config.ts")]) {
    const { declaration } = await loadConfig(file, folder);
    expect(Object.keys(declaration.services)).toEqual(["web", "api", "docs"]);
  }
});
