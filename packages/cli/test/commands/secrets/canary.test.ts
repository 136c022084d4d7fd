import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encrypt, generateIdentity } from "@idstack/sops";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { temporary } from "../../support/home.ts";
import { type Ended, run } from "../../support/run.ts";
import { runSops, type SopsHome } from "../../support/sops.ts";

/** In values, comments and inputs; it is nothing that any message would hold by chance. */
const CANARY = "cAn4ry-Zq7";
const mine = await generateIdentity();
const other = await generateIdentity();
/** Whatever must not be seen: the value, its forms in files, and the private keys without their prefix. */
const FORBIDDEN = [CANARY, Buffer.from(CANARY).toString("base64").slice(0, 12), Buffer.from(CANARY).toString("hex")];
for (const { identity } of [mine, other]) FORBIDDEN.push(identity.slice("AGE-SECRET-KEY-1".length));

const YAML = `# ${CANARY}\ntoken: ${CANARY}\nopen_unencrypted: x\nlist: [${CANARY}, 2]\n`;
const options = { recipients: [mine.recipient] };
const good = await encrypt(YAML, { ...options, emit: "sops" });
const json = await encrypt(`{"token": "${CANARY}", "n": 1}`, { ...options, format: "json" });
const dotenv = await encrypt(`token=${CANARY}\n`, { ...options, format: "dotenv" });
const ini = await encrypt(`[s]\ntoken = ${CANARY}\n`, { ...options, format: "ini" });
const binary = await encrypt(`${CANARY}\n`, { ...options, format: "binary" });
const flat = await encrypt(`token: ${CANARY}\n`, options);

/** Files that open. */
const sound: Readonly<Record<string, string>> = {
  "good.yaml": good,
  "good.json": json,
  "good.env": dotenv,
  "good.ini": ini,
  "good.bin": binary,
};
/** Files that do not, each in a way of its own; most with the canary where a parser stops. */
const broken: Readonly<Record<string, string | Uint8Array>> = {
  "wrong-key.yaml": await encrypt(YAML, { recipients: [other.recipient] }),
  "changed-plain.yaml": good.replace("_unencrypted: x", "_unencrypted: y"),
  "changed-value.yaml": good.replace(/(?<=token: ENC\[AES256_GCM,data:)./, (char) => (char === "Z" ? "Y" : "Z")),
  "moved-value.yaml": good.replace("token: ENC", "t0ken: ENC"),
  "no-mac.yaml": good.replace(/^ +mac: .*\n/m, ""),
  "cut.yaml": good.slice(0, good.indexOf("mac: ENC") + 20),
  "plain-beside.yaml": good.replace("token: ENC", `plain: ${CANARY}\ntoken: ENC`),
  "bad-envelope.yaml": good.replace(/token: ENC\[.*\]/, `token: ENC[AES256_GCM,data:${CANARY},iv:,tag:,type:str]`),
  "bad-recipient.yaml": good.replace(/recipient: age1\S+/, `recipient: ${mine.identity}`),
  "bad-version.yaml": good.replace(/version: .*/, `version: "${CANARY}"`),
  "plain.yaml": YAML,
  "no-yaml.yaml": `token: [${CANARY}\nmore: "${CANARY}`,
  "twice.yaml": `token: ${CANARY}\ntoken: ${CANARY}\n`,
  "alias.yaml": `token: *${CANARY.replace("-", "")}\nb: ${CANARY}\n`,
  "number.yaml": `18446744073709551616: ${CANARY}\n`,
  "list.yaml": `- ${CANARY}\n`,
  "no-json.json": `{"token": "${CANARY}", ${CANARY}}`,
  "plain.json": `{"token": "${CANARY}"}`,
  "no-dotenv.env": `${CANARY}\n`,
  "plain.env": `TOKEN=${CANARY}\n`,
  "no-ini.ini": `[s\n${CANARY}\n= ${CANARY}\n`,
  "plain.bin": CANARY,
  "no-text.yaml": Uint8Array.of(0x61, 0x3a, 0x20, 0xff, 0xfe, ...Buffer.from(CANARY)),
  "sops-key.yaml": `sops: {mac: ${CANARY}}\ntoken: ${CANARY}\n`,
};

let home: SopsHome;
let tmp: string;

beforeEach(() => {
  const folder = temporary({});
  tmp = temporary({});
  vi.stubEnv("TMPDIR", tmp);
  const path = (name: string) => join(folder, name);
  for (const [name, text] of Object.entries({ ...sound, ...broken })) writeFileSync(path(name), text);
  writeFileSync(path(".sops.yaml"), `creation_rules:\n  - age: ${mine.recipient}\n`);
  writeFileSync(path("value.json"), JSON.stringify(CANARY));
  // Notes what it is given, and how it is called.
  writeFileSync(
    path("editor.sh"),
    `#!/bin/sh\ntr '\\0' ' ' < /proc/$$/cmdline > "${folder}/argv"\necho "$1" > "${folder}/edited"\n`,
  );
  chmodSync(path("editor.sh"), 0o755);
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    SOPS_AGE_KEY: mine.identity,
    EDITOR: `"${path("editor.sh")}"`,
  };
  home = { folder, identity: mine.identity, recipient: mine.recipient, env, path };
});

afterEach(() => vi.unstubAllEnvs());

/** The same command line in both grammars. */
async function both(args: readonly string[], env: object = {}, input = ""): Promise<Ended[]> {
  const merged = { ...home.env, ...env };
  const idstack = await run(["secrets", ...args], home.folder, {
    env: { ...merged, SOPS_AGE_KEY_CMD: "", ...env },
    input,
  });
  return [idstack, await runSops(args, { folder: home.folder, env: merged }, input)];
}

function assertQuiet(text: string, where: string): void {
  for (const [index, forbidden] of FORBIDDEN.entries()) {
    if (text.includes(forbidden)) expect.fail(`${where} holds the canary (${index}):\n${text.slice(0, 600)}`);
  }
}

/** Nothing that a command left behind holds a canary, but for the inputs themselves. */
function assertNothingWritten(except: readonly string[] = []): void {
  const inputs = new Set([...Object.keys(broken), ...Object.keys(sound), "value.json", ...except]);
  for (const name of readdirSync(home.folder)) {
    if (inputs.has(name) || name === "node_modules") continue;
    assertQuiet(readFileSync(home.path(name), "utf8"), name);
  }
  expect(readdirSync(tmp).filter((name) => !["node_modules", "package.json"].includes(name))).toEqual([]);
  if (existsSync("/dev/shm")) {
    const edited = existsSync(home.path("edited")) ? readFileSync(home.path("edited"), "utf8").trim() : "";
    expect(edited !== "" && existsSync(edited)).toBe(false);
  }
  for (const [name, text] of Object.entries(sound)) {
    if (!except.includes(name) && readFileSync(home.path(name), "utf8") !== text) {
      assertQuiet(readFileSync(home.path(name), "utf8"), name);
    }
  }
}

function holdsCanary(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => readFileSync(join(folder, name), "utf8").includes(CANARY));
  } catch {
    // Another test's, gone meanwhile.
    return false;
  }
}

/** Every command on one file, as one would type it; those that print or write plaintext on purpose are apart. */
const commands: Readonly<Record<string, (file: string) => readonly string[]>> = {
  encrypt: (file) => ["encrypt", file],
  "encrypt in place": (file) => ["encrypt", "-i", file],
  "encrypt to JSON": (file) => ["encrypt", "--output-type", "json", file],
  set: (file) => ["set", "--value-file", file, '["token"]', "value.json"],
  "set what is no JSON": (file) => ["set", file, '["token"]', `"${CANARY}`],
  "set on a wrong path": (file) => ["set", file, `["list"]["${"x"}"]`, `"${CANARY}"`],
  unset: (file) => ["unset", file, '["token"]'],
  rotate: (file) => ["rotate", file],
  "rotate in place": (file) => ["rotate", "-i", file],
  "rotate for a private key": (file) => ["rotate", "--add-age", other.identity, file],
  "rotate without a private key": (file) => ["rotate", "--rm-age", other.identity, file],
  updatekeys: (file) => ["updatekeys", "-y", file],
  filestatus: (file) => ["filestatus", file],
  edit: (file) => ["edit", file],
  "unknown flag": (file) => ["decrypt", `--password=${CANARY}`, file],
  "switch with a value": (file) => ["decrypt", `--ignore-mac=${CANARY}`, file],
  "format that is none": (file) => ["filestatus", "--input-type", "tomml", file],
  "recipient that is a private key": (file) => ["encrypt", "--age", other.identity, file],
};

for (const [name, args] of Object.entries(commands)) {
  it(`${name}: neither printed nor left behind, whatever the file is`, async () => {
    for (const file of [...Object.keys(sound), ...Object.keys(broken), "none.yaml"]) {
      for (const { stdout, stderr } of await both(args(file))) assertQuiet(stdout + stderr, `${name} ${file}`);
    }
    assertNothingWritten();
  });
}

it("what runs commands prints nothing itself, and leaves no file behind", async () => {
  const folders = () =>
    existsSync("/dev/shm") ? readdirSync("/dev/shm").filter((name) => name.startsWith(".sops")) : [];
  const before = folders();
  for (const file of [...Object.keys(sound), ...Object.keys(broken)]) {
    for (const args of [
      ["exec-env", file, "true"],
      ["exec-file", file, "true"],
      ["exec-file", "--no-fifo", file, "exit 3"],
      ["exec-file", file, "cat {} > /dev/null; exit 4"],
    ]) {
      for (const { stdout, stderr } of await both(args)) assertQuiet(stdout + stderr, args.join(" "));
    }
  }
  assertNothingWritten();
  expect(folders().filter((name) => !before.includes(name) && holdsCanary(join("/dev/shm", name)))).toEqual([]);
});

it("guard, merge, resolve and textconv show no value", async () => {
  for (const file of [...Object.keys(sound), ...Object.keys(broken)]) {
    for (const args of [
      ["guard", file],
      ["guard", "--json", file],
      ["textconv", file],
      ["resolve", file],
      ["resolve", "--ours", file],
      ["merge", "good.yaml", "plain.yaml", file, "db.yaml"],
      ["merge", "good.yaml", "good.yaml", file, "db.yaml"],
    ]) {
      // textconv of a file that is plain shows it, as git diff does without the driver.
      if (args[0] === "textconv" && !(sound[file] ?? "").includes("ENC[")) continue;
      const { stdout, stderr } = await run(["secrets", ...args], home.folder, { env: home.env });
      assertQuiet(stdout + stderr, args.join(" "));
    }
  }
});

it("decrypt prints a file that opens, and nothing of one that does not", async () => {
  for (const file of Object.keys(sound)) {
    for (const { status, stdout, stderr } of await both(["decrypt", file])) {
      expect([status, stdout.includes(CANARY)]).toEqual([0, true]);
      assertQuiet(stderr, file);
    }
  }
  // sops does not read the names of recipients, and neither does decryption.
  for (const file of Object.keys(broken).filter((name) => name !== "bad-recipient.yaml")) {
    for (const { status, stdout, stderr } of await both(["decrypt", file])) {
      expect([file, status, stdout]).toEqual([file, expect.any(Number), ""]);
      expect(status).not.toBe(0);
      assertQuiet(stderr, file);
    }
    for (const { stderr } of await both(["decrypt", "--ignore-mac", file])) assertQuiet(stderr, file);
  }
  for (const args of [
    ["--output-type", "dotenv"],
    ["--output-type", "ini"],
    ["--output-type", "binary"],
    ["--extract", `["${"none"}"]`],
    ["--extract", '["list"]["x"]'],
    ["--extract", "x"],
    ["--indent", CANARY],
    ["--emit", "nothing"],
  ]) {
    for (const { stderr } of await both(["decrypt", ...args, "good.yaml"])) assertQuiet(stderr, args.join(" "));
  }
  assertNothingWritten();
});

it("decrypt to a file writes that one, for its owner alone", async () => {
  await both(["decrypt", "--output", "out.yaml", "good.yaml"]);
  expect(readFileSync(home.path("out.yaml"), "utf8")).toContain(CANARY);
  assertNothingWritten(["out.yaml"]);
});

it("the editor gets the plaintext as a file, never as an argument", async () => {
  for (const file of Object.keys(sound)) {
    await both(["edit", file]);
    assertQuiet(readFileSync(home.path("argv"), "utf8"), "argv of the editor");
    assertNothingWritten();
  }
  // What was typed and cannot be encrypted is not quoted, and not kept.
  for (const text of [`a: [${CANARY}`, `sops: ${CANARY}`, `? [${CANARY}]\n: 1`, `a: ${CANARY}\na: ${CANARY}`]) {
    writeFileSync(home.path("editor.sh"), `#!/bin/sh\ncat > "$1" <<'END'\n${text}\nEND\n`);
    for (const { status, stdout, stderr } of await both(["edit", "good.yaml"])) {
      expect(status).not.toBe(0);
      assertQuiet(stdout + stderr, text);
    }
    writeFileSync(home.path("editor.sh"), "");
    assertNothingWritten();
  }
});

it("keys that do not fit are described, not shown", async () => {
  const file = home.path("keys.txt");
  const sources: readonly Readonly<Record<string, string>>[] = [
    { SOPS_AGE_KEY: other.identity },
    { SOPS_AGE_KEY: `${mine.identity}X` },
    { SOPS_AGE_KEY: CANARY },
    { SOPS_AGE_KEY: `-----BEGIN OPENSSH PRIVATE KEY-----\n${CANARY}\n-----END OPENSSH PRIVATE KEY-----\n` },
    { SOPS_AGE_KEY: "", SOPS_AGE_KEY_FILE: file },
    { SOPS_AGE_KEY: "", SOPS_AGE_SSH_PRIVATE_KEY_FILE: file },
    { SOPS_AGE_KEY: "", SOPS_AGE_KEY_CMD: `sh -c 'echo ${CANARY}; echo ${CANARY} >&2; exit 3'` },
    { SOPS_AGE_KEY: "", SOPS_AGE_KEY_CMD: `no-such-program ${CANARY}` },
    { SOPS_AGE_KEY: "", SOPS_AGE_KEY_CMD: `'${CANARY}` },
    { SOPS_AGE_KEY: `AGE-PLUGIN-${CANARY.toUpperCase()}` },
  ];
  writeFileSync(file, `# ${CANARY}\n${CANARY}\n${other.identity}\n`);
  for (const env of sources) {
    for (const args of [["decrypt"], ["rotate"], ["set", "--value-file"], ["edit"]]) {
      const rest = args[0] === "set" ? ['["token"]', "value.json"] : [];
      for (const { status, stdout, stderr } of await both([...args, "good.yaml", ...rest], env)) {
        expect(status).toBe(128);
        assertQuiet(stdout + stderr, JSON.stringify(env));
      }
    }
  }
});

it("a configuration that cannot be used is not quoted", async () => {
  for (const text of [
    `creation_rules:\n  - age: ${other.identity}\n`,
    `creation_rules:\n  - age: [${CANARY}]\n    path_regex: '(${CANARY}'\n`,
    `creation_rules: [${CANARY}\n`,
  ]) {
    writeFileSync(home.path(".sops.yaml"), text);
    for (const { status, stdout, stderr } of await both(["encrypt", "plain.yaml"])) {
      expect(status).not.toBe(0);
      // A pattern or the name of a recipient is no secret; a private key in their place is.
      assertQuiet((stdout + stderr).replaceAll(CANARY, ""), text);
    }
  }
});

it("keygen keeps the private key out of everything but its file", async () => {
  const { stdout, stderr } = await run(["secrets", "keygen", "-o", "new.txt", "--json"], home.folder, {
    env: home.env,
  });
  const key = /^AGE-SECRET-KEY-1(\S+)$/m.exec(readFileSync(home.path("new.txt"), "utf8"))?.[1] ?? "";
  expect(key).toHaveLength(58);
  expect(stdout + stderr).not.toContain(key);
});

it("commands without plaintext of their own are quiet about a whole tree", async () => {
  mkdirSync(home.path("tree"));
  for (const [name, text] of Object.entries({ ...sound, "flat.yaml": flat }))
    writeFileSync(home.path(`tree/${name}`), text);
  for (const args of [
    ["report", "--json", "tree"],
    ["report", "--lost", mine.recipient, "tree"],
    ["updatekeys", "--json", "-y", "tree"],
    ["rotate", "-i", "tree"],
    ["report", "."],
  ]) {
    const { stdout, stderr } = await run(["secrets", ...args], home.folder, { env: home.env });
    assertQuiet(stdout + stderr, args.join(" "));
  }
});
