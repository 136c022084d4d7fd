import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { generateIdentity } from "@idstack/sops";
import type { Case, Sealed } from "./case.ts";
import { asText, type Ended, type Program, realSops, runProgram } from "./programs.ts";

/** What a program did with a case. */
export interface Played {
  readonly steps: readonly Ended[];
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  /** Permissions of the files that were there before. */
  readonly modes: Readonly<Record<string, number>>;
}

const people = ["alice", "bob", "carol"] as const;

/** Keys, a place for folders, and real sops to make and to open files with. */
export class World {
  readonly root = mkdtempSync(join(tmpdir(), "sops-functional-"));
  readonly #words: Readonly<Record<string, string>>;
  readonly #sops: Program;
  /** Compiled sources, which the second process finds. */
  readonly #cache = { NODE_COMPILE_CACHE: join(this.root, "cache") };
  readonly #opened = new Map<string, Promise<string>>();
  readonly #sealed = new Map<string, Promise<string>>();

  private constructor(sops: Program, words: Readonly<Record<string, string>>) {
    this.#sops = sops;
    this.#words = words;
  }

  static async open(): Promise<World> {
    const words: Record<string, string> = {};
    for (const person of people) {
      const { identity, recipient } = await generateIdentity();
      words[person] = recipient;
      words[`${person}.key`] = identity;
    }
    const pq = await generateIdentity({ postQuantum: true });
    return new World(await realSops(), { ...words, ...sshKey(), pq: pq.recipient, "pq.key": pq.identity });
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Files of a case as both programs get them. */
  async prepare({
    files = {},
    sealed = {},
    tamper = {},
  }: Case): Promise<Readonly<Record<string, string | Uint8Array>>> {
    const ready: Record<string, string | Uint8Array> = { ...files };
    for (const [name, each] of Object.entries(sealed)) {
      const text = await this.#seal(name, each);
      ready[name] = tamper[name]?.(text) ?? text;
      if (tamper[name] !== undefined && ready[name] === text) throw new Error(`${name} was not tampered with`);
    }
    return ready;
  }

  /** Does with a program what a case says. */
  async play(program: Program, one: Case, files: Readonly<Record<string, string | Uint8Array>>): Promise<Played> {
    const folder = join(this.root, randomUUID());
    const [cwd, home, temporary] = ["work", "home", "tmp"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const each of [cwd, home, temporary]) mkdirSync(each, { recursive: true });
    const fill = (text: string): string => this.fill(text, cwd);
    const modes: Record<string, number> = {};
    for (const [name, content] of Object.entries(files)) {
      const path = name.startsWith("~/") ? join(home, name.slice(2)) : join(cwd, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === "string" ? fill(content) : content);
      chmodSync(path, name.endsWith(".sh") ? 0o755 : 0o640);
    }
    const before = contents(folder);
    const steps: Ended[] = [];
    for (const { args, stdin = "", from, env = {}, in: folderOf = "." } of [one.run].flat()) {
      const own = Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, value === undefined ? undefined : fill(value)]),
      );
      const all = { HOME: home, TMPDIR: temporary, SOPS_AGE_KEY: fill("{alice.key}"), ...own };
      const given = from === undefined ? stdin : readFileSync(join(cwd, from));
      const input = typeof given === "string" ? fill(given) : given;
      const ended = await runProgram(program, args.map(fill), {
        cwd: join(cwd, folderOf),
        env: { ...this.#cache, ...all },
        stdin: input,
      });
      steps.push({
        status: ended.status,
        stdout: ended.stdout.replaceAll(cwd, "{cwd}"),
        stderr: ended.stderr.replaceAll(cwd, "{cwd}"),
      });
    }
    for (const name of Object.keys(before)) {
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      if (found !== undefined) modes[name] = found.mode & 0o777;
    }
    return { steps, before, after: contents(folder), modes };
  }

  /** What real sops decrypts, with the keys of all. */
  opened(text: string): Promise<string> {
    const opened = this.#opened.get(text) ?? this.#open(text);
    this.#opened.set(text, opened);
    return opened;
  }

  async #open(text: string): Promise<string> {
    const type = typeOf(text);
    const keys = people.map((person) => this.#words[`${person}.key`]).join("\n");
    const args = ["decrypt", "--input-type", type, "--output-type", type];
    const options = { cwd: this.root, env: { HOME: this.root, SOPS_AGE_KEY: keys }, stdin: text };
    const { status, stdout, stderr } = await runProgram(this.#sops, args, options);
    return status === 0 ? stdout : `exit ${status}: ${stderr}`;
  }

  fill(text: string, cwd: string): string {
    return text.replaceAll(/\{(cwd|(?:alice|bob|carol|ssh|pq)(?:\.key)?)\}/g, (_, word: string) =>
      word === "cwd" ? cwd : (this.#words[word] ?? ""),
    );
  }

  #seal(name: string, sealed: Sealed): Promise<string> {
    const { text, args } =
      typeof sealed === "string" || sealed instanceof Uint8Array ? { text: sealed, args: [] } : sealed;
    const key = JSON.stringify([name, args, typeof text === "string" ? text : [...text]]);
    const known = this.#sealed.get(key);
    if (known !== undefined) return known;
    const whom = args.includes("--age") || args.includes("--config") ? [] : ["--age", "{alice}"];
    const all = ["encrypt", ...whom, "--filename-override", name, ...args].map((each) => this.fill(each, this.root));
    const options = { cwd: this.root, env: { HOME: this.root }, stdin: text };
    const made = runProgram(this.#sops, all, options).then(({ status, stdout, stderr }) => {
      if (status !== 0) throw new Error(`sops ${all.join(" ")}: ${stderr}`);
      return stdout;
    });
    this.#sealed.set(key, made);
    return made;
  }
}

export function typeOf(encrypted: string): "yaml" | "json" | "ini" | "dotenv" {
  if (encrypted.startsWith("{")) return "json";
  if (/^\[sops\]$/m.test(encrypted)) return "ini";
  return /^sops_mac=/m.test(encrypted) ? "dotenv" : "yaml";
}

/** A key as ssh-keygen makes it. */
function sshKey(): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), "sops-functional-ssh-"));
  const file = join(folder, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
  const key = { ssh: readFileSync(`${file}.pub`, "utf8").trim(), "ssh.key": readFileSync(file, "utf8") };
  rmSync(folder, { recursive: true });
  return key;
}

function contents(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[relative(folder, path)] = asText(readFileSync(path)).replaceAll(folder, "{folder}");
    else if (!entry.isDirectory()) files[relative(folder, path)] = "(no regular file)";
  }
  return files;
}
