import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Component } from "../../src/component.ts";
import { buildKey } from "../../src/installed.ts";
import { type GoModuleOptions, goModule } from "../../src/recipes/go-module.ts";
import { goRequirement, isGoRecentEnough } from "../../src/recipes/go-tools.ts";
import { temporaryDirectory } from "../fixtures/temporary.ts";

const root = temporaryDirectory();
const module = join(root, "thing");

beforeAll(() => {
  // A Go of our own, so that the test does not depend on the machine's.
  const bin = join(root, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "go"), "#!/bin/sh\necho go1.26.8\n");
  chmodSync(join(bin, "go"), 0o755);
  process.env["PATH"] = [bin, process.env["PATH"]].join(delimiter);
  mkdirSync(module);
  write("go.mod", "module thing\n\ngo 1.26.6\n");
  write("go.sum", "");
  write("main.go", "package main\n");
});

function write(file: string, text: string): void {
  writeFileSync(join(module, file), text);
}

function key(options: Partial<GoModuleOptions> = {}): Promise<string> {
  const recipe = goModule({ root, module: "thing", programs: { thing: "." }, ...options });
  const component: Component = { name: "thing", version: "1", summary: "", recipes: [recipe] };
  return buildKey(component);
}

describe("goModule", () => {
  it("has a key that stays while nothing changes", async () => {
    expect(await key()).toBe(await key());
    expect(await key()).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ["go.mod", "module thing\n\ngo 1.26.6\n\nrequire example.org/other v1.0.0\n"],
    ["go.sum", "example.org/other v1.0.0 h1:x\n"],
    ["main.go", "package main\n\nfunc main() {}\n"],
  ])("has another key when %s changes", async (file, text) => {
    const before = await key();
    write(file, text);
    expect(await key()).not.toBe(before);
  });

  it("has another key with another source file", async () => {
    const before = await key();
    write("other.go", "package main\n");
    expect(await key()).not.toBe(before);
    rmSync(join(module, "other.go"));
    expect(await key()).toBe(before);
  });

  it("has another key with other programs or other flags", async () => {
    const variables = { "main.version": "1" };
    const keys = [await key(), await key({ programs: { other: "." } }), await key({ variables })];
    expect(new Set(keys).size).toBe(3);
  });

  it("asks for the Go version of its go.mod, and for a C compiler with cgo", async () => {
    const names = async (cgo: boolean): Promise<string[]> =>
      (await goModule({ root, module: "thing", programs: { thing: "." }, cgo }).requirements()).map(({ name }) => name);
    expect(await names(false)).toEqual(["Go 1.26.6 or newer"]);
    expect(await names(true)).toEqual(["Go 1.26.6 or newer", "C compiler"]);
  });
});

describe("goRequirement", () => {
  it("names the version that is too old", async () => {
    expect(await goRequirement("1.26.6").check()).toEqual({ found: `go1.26.8 (${join(root, "bin/go")})` });
    expect(await goRequirement("1.27").check()).toEqual({ problem: `go1.26.8 (${join(root, "bin/go")}) is too old` });
  });

  it.each([
    ["go1.26.8", "1.26.6", true],
    ["go1.26.6", "1.26.6", true],
    ["go1.26.5", "1.26.6", false],
    ["go1.9", "1.26.6", false],
    ["go1.27rc1", "1.26.6", true],
    ["go2.0", "1.26.6", true],
    ["go1.26", "1.26.6", false],
    ["go1.26.8", "1.26", true],
  ])("takes %s for %s: %s", (found, wanted, expected) => {
    expect(isGoRecentEnough(found, wanted)).toBe(expected);
  });
});
