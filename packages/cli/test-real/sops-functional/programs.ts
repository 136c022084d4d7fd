import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { programPath } from "@idstack/tool-real";
import { build, defaultServerConditions } from "vite";

export interface Program {
  readonly name: "sops" | "idstack-sops";
  /** The program and its first arguments. */
  readonly command: readonly [string, ...string[]];
}

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const folder = join(import.meta.dirname, "../..");

export async function realSops(): Promise<Program> {
  return { name: "sops", command: [await programPath("sops")] };
}

/** Ours, made of one piece as it is for publication: 700 processes that read 90 sources each would take minutes. */
export async function idstackSops(outDir: string): Promise<Program> {
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { bin: Record<string, string> };
  const built = bin["idstack-sops"];
  if (built === undefined) throw new Error("package.json names no idstack-sops");
  const entry = basename(built, ".js");
  await build({
    configFile: false,
    logLevel: "error",
    root: folder,
    ssr: { noExternal: true, resolve: { conditions: ["@idstack/source", ...defaultServerConditions] } },
    build: { ssr: `src/${entry}.ts`, outDir, target: "node22" },
  });
  await copyFile(join(folder, "package.json"), join(outDir, "package.json"));
  return { name: "idstack-sops", command: [process.execPath, join(outDir, `${entry}.js`)] };
}

/** Runs a command line to its end, with nothing of our own environment but PATH. */
export async function runProgram(
  { command: [program, ...first] }: Program,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly stdin: string | Uint8Array;
  },
): Promise<Ended> {
  const env = { PATH: process.env["PATH"], SOPS_DISABLE_VERSION_CHECK: "true", ...options.env };
  const child = spawn(program, [...first, ...args], { cwd: options.cwd, env, stdio: "pipe", detached: true });
  // What it started holds its output open, too.
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), 30_000);
  // A program that does not read its stdin is free to go.
  child.stdin.on("error", () => undefined).end(options.stdin);
  const status = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve(code ?? 128);
    });
  });
  const [code, stdout, stderr] = await Promise.all([status, buffer(child.stdout), buffer(child.stderr)]);
  return { status: code, stdout: asText(stdout), stderr: asText(stderr) };
}

/** Bytes that are no UTF-8 keep their identity. */
export function asText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return `bytes ${Buffer.from(bytes).toString("hex")}`;
  }
}
