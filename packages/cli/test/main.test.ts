import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { example, fixture, home, temporary, write } from "./support/home.ts";
import { run } from "./support/run.ts";

describe("--help", () => {
  it.each([[], ["render"], ["audit"], ["dev"], ["schemas"], ["schemas", "list"]])("%s %s", async (...command) => {
    const { status, stdout, stderr } = await run([...command, "--help"], fixture);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: idstack/);
    expect(stdout).toMatch(/^Examples:\n {2}idstack /m);
    expect(stdout).toMatch(/^Exit status: /m);
  });

  it("is shown, as an error, where a command is missing", async () => {
    for (const args of [[], ["schemas"]]) {
      const { status, stdout, stderr } = await run(args, fixture);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/^Usage: idstack/);
    }
  });
});

interface Refused {
  readonly args: readonly string[];
  readonly status: number;
  readonly code: string;
  readonly says: string;
}

/** Command lines and folders that are of no use; each is tried as text and as JSON. */
const refused: Readonly<Record<string, Refused>> = {
  "unknown command": {
    args: ["rendr"],
    status: 2,
    code: "usage",
    says: "unknown command 'rendr'. Did you mean render?",
  },
  "unknown command far from all": { args: ["deploy"], status: 2, code: "usage", says: "unknown command 'deploy'" },
  "unknown subcommand": { args: ["schemas", "lits"], status: 2, code: "usage", says: "Did you mean list?" },
  "unknown option": {
    args: ["render", "--chek"],
    status: 2,
    code: "usage",
    says: "unknown option '--chek'. Did you mean --check?",
  },
  "argument too many": { args: ["render", "home"], status: 2, code: "usage", says: "too many arguments for 'render'" },
  "options that exclude each other": {
    args: ["render", "--check", "--force"],
    status: 2,
    code: "usage",
    says: "--force has no meaning",
  },
  "folder missing": {
    args: ["audit", "nowhere"],
    status: 2,
    code: "not-a-directory",
    says: "there is no folder nowhere",
  },
  "folder below a file": {
    args: ["audit", "stack.config.ts/x"],
    status: 2,
    code: "not-a-directory",
    says: "there is no folder",
  },
  "file for a folder": { args: ["audit", "stack.config.ts"], status: 2, code: "not-a-directory", says: "is a file" },
  "unknown check": {
    args: ["audit", "--skip", "image-tga"],
    status: 2,
    code: "unknown-check",
    says: 'no check "image-tga". Did you mean image-tag?',
  },
  "unknown check far from all": {
    args: ["audit", "--only", "image-tag,x"],
    status: 2,
    code: "unknown-check",
    says: "--list names them all",
  },
  "declaration missing": {
    args: ["render", "-c", "x.config.ts"],
    status: 2,
    code: "config-not-found",
    says: "there is no x.config.ts here",
  },
  "declaration is a folder": { args: ["render", "-c", "."], status: 2, code: "config-invalid", says: "is a folder" },
  "no SPIFFE ID": {
    args: ["dev", "--id", "web"],
    status: 2,
    code: "invalid-spiffe-id",
    says: 'invalid SPIFFE ID "web"',
  },
  "ID of a trust domain": {
    args: ["dev", "--id", "spiffe://home.arpa"],
    status: 2,
    code: "invalid-identity",
    says: "names a trust domain",
  },
  "no trust domain": {
    args: ["dev", "--trust-domain", "Home"],
    status: 2,
    code: "invalid-trust-domain",
    says: "trust domain",
  },
  "trust domain that is no folder": {
    args: ["dev", "--trust-domain", ".."],
    status: 2,
    code: "invalid-identity",
    says: "give a --directory",
  },
  "unknown service": {
    args: ["dev", "--service", "wep"],
    status: 2,
    code: "invalid-identity",
    says: "Did you mean web?",
  },
  "unknown service far from all": {
    args: ["dev", "--service", "x"],
    status: 2,
    code: "invalid-identity",
    says: "It has web, api, docs.",
  },
  "two identities": {
    args: ["dev", "--service", "web", "--id", "/web"],
    status: 2,
    code: "usage",
    says: "leave one out",
  },
  "declaration without a service": {
    args: ["dev", "-c", "stack.config.ts"],
    status: 2,
    code: "usage",
    says: "name a service",
  },
  "life too short": { args: ["dev", "--ttl", "1"], status: 2, code: "invalid-identity", says: "--ttl 1" },
  "life with a unit": { args: ["dev", "--ttl", "1h"], status: 2, code: "invalid-identity", says: "whole seconds" },
  "life longer than timers": {
    args: ["dev", "--ttl", "9999999"],
    status: 2,
    code: "invalid-identity",
    says: "2 to 2592000",
  },
  "CA in a folder of others": {
    args: ["dev", "--directory", "."],
    status: 2,
    code: "dev-folder",
    says: "holds other files",
  },
  "CA in a file": { args: ["dev", "--directory", "stack.config.ts"], status: 2, code: "dev-folder", says: "is a file" },
  "socket path too long": {
    args: ["dev", "--directory", "d".repeat(100)],
    status: 2,
    code: "dev-folder",
    says: "103 are possible",
  },
};

describe("what cannot be done", () => {
  it.each(Object.entries(refused))("%s", async (_, { args, status, code, says }) => {
    const folder = home();
    const env = { XDG_STATE_HOME: join(folder, "state") };
    const text = await run(args, folder, { env });
    expect(text).toMatchObject({ status, stdout: "" });
    expect(text.stderr).toMatch(/^idstack: [^\n]+\n(See idstack( \w+)? --help for examples\.\n)?$/);
    expect(text.stderr).toContain(says);

    const json = await run([...args, "--json"], folder, { env });
    expect(json).toMatchObject({ status, stderr: "" });
    const { error } = JSON.parse(json.stdout);
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
  });

  it("points to the help of the command that was meant", async () => {
    expect((await run(["render", "--chek"], fixture)).stderr).toMatch(/See idstack render --help for examples\.\n$/);
    expect((await run(["rendr"], fixture)).stderr).toMatch(/See idstack --help for examples\.\n$/);
  });

  it("an option without its value", async () => {
    const { status, stderr } = await run(["audit", "--only"], fixture);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "idstack: option '--only <checks>' argument missing\nSee idstack audit --help for examples.\n",
    });
  });

  it("a missing command is a document too with --json", async () => {
    const { status, stdout, stderr } = await run(["--json"], fixture);
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    expect(JSON.parse(stdout).error.code).toBe("usage");
  });

  it("a folder with endpoints that nobody can read", async () => {
    const folder = temporary({ "rendered/.idstack/endpoints.json": "[{]" });
    const { status, stderr } = await run(["audit"], folder);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^idstack: \.idstack\/endpoints\.json: .*\n$/);
  });
});

describe("--json", () => {
  it.each([
    ["audit", "rendered"],
    ["audit", "--list"],
    ["audit", "before"],
    ["schemas", "list", "velero"],
    ["schemas", "list", "no such kind"],
  ])("%s %s: one document and nothing else", async (...args) => {
    const { stdout, stderr } = await run([...args, "--json"], example);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toBeTypeOf("object");
    expect(stdout.endsWith("\n")).toBe(true);
  });

  it("after -- belongs to the program", async () => {
    const { status, stdout, stderr } = await run(["rendr", "--", "--json"], fixture);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("unknown command");
  });
});

describe("colours", () => {
  const ansi = "\u001b[";

  it("are used where the stream can show them, and only there", async () => {
    const folder = temporary();
    write(folder, "pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { container: [] }\n");
    expect((await run(["audit"], folder, { color: true })).stdout).toContain(ansi);
    expect((await run(["audit"], folder, { color: false })).stdout).not.toContain(ansi);
    expect((await run(["audit", "--json"], folder, { color: true })).stdout).not.toContain(ansi);
  });
});
