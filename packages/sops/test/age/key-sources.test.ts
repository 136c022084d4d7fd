import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { armor, Encrypter } from "age-encryption";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type AgeIdentity,
  decrypt,
  defaultKeysFile,
  encrypt,
  formatIdentityFile,
  generateIdentity,
  openKeyRing,
  type SopsError,
} from "../../src/index.ts";
import { temporaryFolder } from "../helpers.ts";

let key: AgeIdentity;
let other: AgeIdentity;
let encrypted: string;

beforeAll(async () => {
  [key, other] = await Promise.all([generateIdentity(), generateIdentity()]);
  encrypted = await encrypt({ a: "x" }, { recipients: [key.recipient] });
});

describe("an identity is found", () => {
  test("in SOPS_AGE_KEY, several separated by spaces or lines", async () => {
    const env = { SOPS_AGE_KEY: `${other.identity} ${key.identity}` };
    expect((await decrypt(encrypted, { env, homeDir: "/nonexistent" })).data).toEqual({ a: "x" });
  });

  test("in SOPS_AGE_KEY_FILE, beside a SOPS_AGE_KEY that does not fit", async () => {
    const file = join(temporaryFolder(), "keys.txt");
    writeFileSync(file, formatIdentityFile(key, new Date(0)));
    const env = { SOPS_AGE_KEY: other.identity, SOPS_AGE_KEY_FILE: file };
    expect((await decrypt(encrypted, { env, homeDir: "/nonexistent" })).data).toEqual({ a: "x" });
  });

  test.each(["linux", "darwin"] as const)("in the default keys.txt on %s", async (platform) => {
    const homeDir = temporaryFolder();
    const file = defaultKeysFile({}, homeDir, platform) ?? "";
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, formatIdentityFile(key));
    expect((await decrypt(encrypted, { env: {}, homeDir, platform })).data).toEqual({ a: "x" });
  });

  test("in the output of SOPS_AGE_KEY_CMD, which is told the recipient", async () => {
    const file = join(temporaryFolder(), "keys.json");
    writeFileSync(file, JSON.stringify({ [key.recipient]: key.identity }));
    const script = "console.log(require(process.argv[1])[process.env.SOPS_AGE_RECIPIENT] ?? '')";
    const env = { SOPS_AGE_KEY_CMD: `"${process.execPath}" -e "${script}" '${file}'` };
    const two = await encrypt({ a: "x" }, { recipients: [other.recipient, key.recipient] });
    expect((await decrypt(two, { env, homeDir: "/nonexistent" })).data).toEqual({ a: "x" });
  });

  test("whatever the recipient of the wrapped key is called", async () => {
    const relabelled = encrypted.replace(key.recipient, other.recipient);
    expect((await decrypt(relabelled, { identities: [key.identity] })).data).toEqual({ a: "x" });
  });
});

describe("when none fits, the error lists each source and its reason", () => {
  async function failure(options: Parameters<typeof decrypt>[1]): Promise<SopsError> {
    return await decrypt(encrypted, options).then(
      () => Promise.reject(new Error("decrypted")),
      (error: SopsError) => error,
    );
  }

  test("nothing is set", async () => {
    const { code, tried, message } = await failure({ env: {}, homeDir: "/home/me", platform: "linux", file: "a.yaml" });
    expect(code).toBe("no-identity-matches");
    expect(tried).toEqual([
      { source: "SOPS_AGE_KEY", reason: "not set" },
      { source: "SOPS_AGE_KEY_FILE", reason: "not set" },
      { source: "/home/me/.config/sops/age/keys.txt", reason: "no such file" },
    ]);
    expect(message).toContain(
      `a.yaml: no identity opens the file, which is encrypted for ${key.recipient}\n  SOPS_AGE_KEY: not set`,
    );
  });

  test("keys of others, damaged keys, locked files and commands that fail", async () => {
    const homeDir = temporaryFolder();
    mkdirSync(join(homeDir, ".ssh"));
    writeFileSync(join(homeDir, ".ssh", "id_ed25519"), "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    const passphrase = join(homeDir, "encrypted-keys.txt");
    writeFileSync(passphrase, "-----BEGIN AGE ENCRYPTED FILE-----\n");
    const env = {
      SOPS_AGE_KEY: `${other.identity}\nAGE-PLUGIN-YUBIKEY-1QQQ\ncanary-not-a-key`,
      SOPS_AGE_KEY_FILE: passphrase,
      SOPS_AGE_KEY_CMD: `${process.execPath} -e 'console.error("canary"); process.exit(7)'`,
      SOPS_AGE_SSH_PRIVATE_KEY_FILE: join(homeDir, "nothing"),
      SOPS_AGE_SSH_PRIVATE_KEY_CMD: "no-such-program-canary 'a b'",
    };
    const error = await failure({ env, homeDir, platform: "linux" });
    expect(error.tried).toEqual([
      { source: `SOPS_AGE_SSH_PRIVATE_KEY_FILE (${join(homeDir, "nothing")})`, reason: "no such file" },
      { source: "SOPS_AGE_SSH_PRIVATE_KEY_CMD", reason: "cannot be run (ENOENT)" },
      { source: join(homeDir, ".ssh", "id_ed25519"), reason: "is no private key" },
      { source: "SOPS_AGE_KEY", reason: "a plugin identity has a wrong checksum" },
      { source: "SOPS_AGE_KEY", reason: "a line is no age identity" },
      {
        source: `SOPS_AGE_KEY_FILE (${passphrase})`,
        reason: "is protected by a passphrase, and none was given",
      },
      { source: join(homeDir, ".config/sops/age/keys.txt"), reason: "no such file" },
      { source: "SOPS_AGE_KEY", reason: `its recipient ${other.recipient} is not among the file's` },
      { source: "SOPS_AGE_KEY_CMD", reason: "exited with code 7" },
    ]);
    expect(error.message).not.toMatch(/canary|AGE-SECRET|pass show/);
  });

  test("a passphrase that is wrong", async () => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase("right");
    encrypter.setScryptWorkFactor(8);
    const locked = armor.encode(await encrypter.encrypt(formatIdentityFile(key)));
    const error = await failure({ identities: [locked], passphrase: () => "wrong" });
    expect(error.tried).toEqual([{ source: "identities", reason: "is not opened by the passphrase" }]);
    let asked = 0;
    const keyRing = openKeyRing({
      identities: [locked],
      passphrase: () => {
        asked++;
        return "right";
      },
    });
    for (const text of [encrypted, encrypted]) expect((await decrypt(text, { keyRing })).data).toEqual({ a: "x" });
    expect(asked).toBe(1);
  });

  test("identities given by the caller are the only source", async () => {
    const { tried } = await failure({ identities: [other.identity], env: { SOPS_AGE_KEY: key.identity } });
    expect(tried).toEqual([
      { source: "identities", reason: `its recipient ${other.recipient} is not among the file's` },
    ]);
  });
});

test("where keys.txt is", () => {
  expect(defaultKeysFile({ XDG_CONFIG_HOME: "/x" }, "/home/me", "darwin")).toBe("/x/sops/age/keys.txt");
  expect(defaultKeysFile({}, "/home/me", "darwin")).toBe("/home/me/Library/Application Support/sops/age/keys.txt");
  expect(defaultKeysFile({}, "/home/me", "win32")).toBe(undefined);
});
