import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Component } from "../../src/component.ts";
import { install } from "../../src/install.ts";
import { findInstalled } from "../../src/installed.ts";
import { debianPackage } from "../../src/recipes/debian-package.ts";
import { temporaryDirectory } from "../fixtures/temporary.ts";

const root = temporaryDirectory();
const elsewhere = { fedora: "dnf install thing", macos: "brew install thing", nix: "nix shell nixpkgs#thing" };
const output = { write: () => true };
let count = 0;
let bin = "";

function write(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function component(): Component {
  const recipe = debianPackage({ package: "thing-server", programs: ["thing"], directories: [bin], elsewhere });
  return { name: "thing", version: "1", summary: "", recipes: [recipe] };
}

beforeEach(() => {
  bin = join(root, `bin${count++}`);
  mkdirSync(bin);
  vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("debianPackage", () => {
  it("takes what the system has, and notices another version", async () => {
    write("thing", "echo thing 1.0");
    const cache = join(root, "cache present");
    const { programs } = await install(component(), { cache, output });
    expect(readFileSync(programs["thing"]!, "utf8")).toContain("thing 1.0");
    write("thing", "echo thing 2.0");
    expect(await findInstalled(component(), cache)).toBeUndefined();
  });

  it("installs it by apt for root on Debian", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(0);
    write("dpkg", "true");
    write(
      "apt-get",
      `case $1 in install) printf '#!/bin/sh\\necho thing 1.0\\n' > '${bin}/thing'; chmod +x '${bin}/thing';; esac`,
    );
    const { programs } = await install(component(), { cache: join(root, "cache apt"), output });
    expect(readFileSync(programs["thing"]!, "utf8")).toContain("thing 1.0");
  });

  it("asks anybody else to install it, and says how on four systems", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    await expect(install(component(), { cache: join(root, "cache user"), output })).rejects.toThrow(
      "thing needs thing-server (system package): thing not found, and only root on Debian installs it by itself.",
    );
    const [requirement] = (await component().recipes[0]?.requirements()) ?? [];
    expect(requirement?.advice).toEqual({ debian: "apt-get install thing-server", ...elsewhere });
  });
});
