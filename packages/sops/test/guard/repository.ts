import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../helpers.ts";

/** A git repository in a folder of its own, which no configuration of the machine touches. */
export interface Repository {
  readonly folder: string;
  git(...args: readonly string[]): string;
  write(path: string, content: string | Uint8Array): void;
  /** Writes and stages. */
  add(path: string, content: string | Uint8Array): void;
}

export function repository(): Repository {
  const folder = temporaryFolder();
  const settings = ["-c", "user.name=Guard", "-c", "user.email=guard@example.com", "-c", "init.defaultBranch=main"];
  const env = { ...process.env, HOME: folder, GIT_CONFIG_GLOBAL: join(folder, "none"), GIT_CONFIG_NOSYSTEM: "1" };
  const git: Repository["git"] = (...args) =>
    execFileSync("git", [...settings, ...args], { cwd: folder, env, encoding: "utf8", stdio: "pipe" });
  const write: Repository["write"] = (path, content) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  git("init", "--quiet");
  return {
    folder,
    git,
    write,
    add(path, content) {
      write(path, content);
      git("add", "--", path);
    },
  };
}
