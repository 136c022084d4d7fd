import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import type { Requirement } from "../component.ts";
import { RealError } from "../errors.ts";
import { findProgram } from "../internal/find-program.ts";

const execute = promisify(execFile);

/** Go where it is usually unpacked by hand, for shells whose `PATH` does not name it. */
export function findGo(): string | undefined {
  return findProgram("go", ["/usr/local/go/bin", "/usr/lib/go/bin", "/opt/homebrew/bin"]);
}

let version: Promise<string> | undefined;

/** Such as `go1.26.8`. @throws {RealError} `requirement-missing` */
export function goVersion(): Promise<string> {
  version ??= readGoVersion();
  return version;
}

async function readGoVersion(): Promise<string> {
  const go = findGo();
  if (go === undefined) throw new RealError("requirement-missing", "Go is not installed; see `pnpm real doctor`");
  // The version that is installed: never one that a go.mod near the working directory asks for.
  const { stdout } = await execute(go, ["env", "GOVERSION"], {
    cwd: tmpdir(),
    env: { ...process.env, GOTOOLCHAIN: "local", GOFLAGS: "" },
  });
  return stdout.trim();
}

/** True when `found` (`go1.26.8`) is not older than `wanted` (`1.26.6`). */
export function isGoRecentEnough(found: string, wanted: string): boolean {
  const parts = (text: string): number[] => (/\d+(\.\d+)*/.exec(text)?.[0] ?? "0").split(".").map(Number);
  const [have, need] = [parts(found), parts(wanted)];
  for (let index = 0; index < need.length; index++) {
    const difference = (have[index] ?? 0) - (need[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

export function goRequirement(atLeast: string): Requirement {
  return {
    name: `Go ${atLeast} or newer`,
    check: async () => {
      const go = findGo();
      if (go === undefined) return { problem: "not installed" };
      const found = await goVersion();
      return isGoRecentEnough(found, atLeast)
        ? { found: `${found} (${go})` }
        : { problem: `${found} (${go}) is too old` };
    },
    advice: {
      debian:
        "apt-get install golang-go, if `apt-cache policy golang-go` is recent enough; else the archive of go.dev/dl",
      fedora: "dnf install golang",
      macos: "brew install go",
      nix: "nix shell nixpkgs#go",
    },
  };
}

/** The C compiler that cgo would take. */
export function findCCompiler(): string | undefined {
  const chosen = process.env["CC"]?.split(" ")[0];
  return [chosen, "cc", "gcc", "clang"].map((name) => (name ? findProgram(name) : undefined)).find((path) => path);
}

/** What it compiles for, such as `x86_64-linux-gnu`: a program linked with one libc does not run on another. */
export async function cTarget(): Promise<string> {
  const compiler = findCCompiler();
  if (compiler === undefined) {
    throw new RealError("requirement-missing", "There is no C compiler; see `pnpm real doctor`");
  }
  return (await execute(compiler, ["-dumpmachine"])).stdout.trim();
}

export const cCompilerRequirement: Requirement = {
  name: "C compiler",
  check: async () => {
    const compiler = findCCompiler();
    return compiler === undefined ? { problem: "neither cc, gcc nor clang is on PATH" } : { found: compiler };
  },
  advice: {
    debian: "apt-get install gcc libc6-dev",
    fedora: "dnf install gcc glibc-devel",
    macos: "xcode-select --install",
    nix: "nix shell nixpkgs#gcc",
  },
};
