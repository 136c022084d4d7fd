import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { decrypt, encrypt, generateIdentity, recipientProblem } from "../../src/index.ts";
import { temporaryFolder } from "../helpers.ts";
import { PLUGIN, PLUGIN_PATH, sshKeyPair } from "./kinds.ts";

const folder = temporaryFolder();
const keys = {
  X25519: await generateIdentity(),
  "hybrid post-quantum": await generateIdentity({ postQuantum: true }),
  "ssh-ed25519": sshKeyPair(folder, "ed25519"),
  "ssh-rsa": sshKeyPair(folder, "rsa", "-b", "2048"),
};

test.each(Object.entries(keys))("%s opens what is encrypted for it, and nothing else", async (kind, pair) => {
  const text = await encrypt({ a: "x" }, { recipients: [pair.recipient, `  ${pair.recipient} `] });
  const { data, metadata } = await decrypt(text, { identities: [pair.identity] });
  expect(data).toEqual({ a: "x" });
  expect(metadata.age.map(({ recipient }) => recipient)).toEqual([pair.recipient]);
  for (const [name, { identity }] of Object.entries(keys)) {
    if (name === kind) continue;
    await expect(decrypt(text, { identities: [identity] })).rejects.toMatchObject({
      code: "no-identity-matches",
      tried: [{ source: "identities", reason: expect.stringContaining("is not among the file's") }],
    });
  }
});

test("a PEM key with a passphrase", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const identity = privateKey
    .export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "open" })
    .toString();
  const failure = await decrypt(await encrypt({ a: 1 }, { recipients: [keys["ssh-rsa"].recipient] }), {
    identities: [identity],
    passphrase: () => "open",
  }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ tried: [{ reason: expect.stringMatching(/^its recipient ssh-rsa AAAA/) }] });
});

test.each(["ed25519", "rsa"] as const)(
  "an OpenSSH %s key with a passphrase",
  async (type) => {
    const { identity, recipient } = sshKeyPair(temporaryFolder(), type, "-N", "open sésame");
    const text = await encrypt({ a: "x" }, { recipients: [recipient] });
    expect((await decrypt(text, { identities: [identity], passphrase: () => "open sésame" })).data).toEqual({ a: "x" });
    for (const [passphrase, reason] of [
      [() => "open sesame", "is not opened by the passphrase"],
      [undefined, "is protected by a passphrase, and none was given"],
    ] as const) {
      await expect(decrypt(text, { identities: [identity], passphrase })).rejects.toMatchObject({
        tried: [{ source: "identities", reason }],
      });
    }
  },
  60_000,
);

test("plugins are run by name, both ways, and asked-for secrets come from the callback", async () => {
  const env = { PATH: PLUGIN_PATH, EXAMPLE_PIN: "1234" };
  const text = await encrypt({ a: "x" }, { recipients: [PLUGIN.recipient], env });
  const options = { identities: [PLUGIN.identity], env };
  const asked: string[] = [];
  const passphrase = (source: string) => {
    asked.push(source);
    return "1234";
  };
  expect((await decrypt(text, { ...options, passphrase })).data).toEqual({ a: "x" });
  expect(asked).toEqual(["age-plugin-example: PIN"]);
  await expect(decrypt(text, options)).rejects.toMatchObject({
    tried: [{ source: "identities", reason: "age-plugin-example reports an error (identity)" }],
  });
  await expect(decrypt(text, { ...options, env: { PATH: "/nonexistent" } })).rejects.toMatchObject({
    tried: [{ source: "identities", reason: "age-plugin-example is not on PATH" }],
  });
  await expect(encrypt({ a: 1 }, { recipients: [PLUGIN.recipient], env: { PATH: "/" } })).rejects.toMatchObject({
    code: "invalid-recipient",
    message: expect.stringContaining("age-plugin-example is not on PATH"),
  });
});

test.each([
  ["ssh-ed25519 AAAA", /damaged/],
  ["ssh-dss AAAAB3NzaC1kc3MAAAA=", /kind age does not take|damaged/],
  [keys["ssh-rsa"].recipient.replace("ssh-rsa", "ssh-ed25519"), /damaged/],
  ["age1yubikey1qqqqqqqqqqqqqqqqqqq", /checksum|placeholder/],
  ["-----BEGIN OPENSSH PRIVATE KEY-----", /private key/],
])("recipientProblem of %s", (recipient, reason) => {
  expect(recipientProblem(recipient)).toMatch(reason);
});
