import { expect, test } from "vitest";
import {
  decrypt,
  encrypt,
  encryptIfChanged,
  generateIdentity,
  readMetadata,
  rotate,
  vaultTransit,
} from "../../src/index.ts";
import { transitServer } from "./transit-server.ts";

const { identity, recipient } = await generateIdentity();
const none = { env: {}, homeDir: "/nonexistent" };
const token = () => "t0ken-canary";

test.each(["a.yaml", "a.json"])("%s: wrapped by Vault alone, and beside age", async (file) => {
  await using server = await transitServer(token());
  const masterKeys = [vaultTransit(server.uri, { token })];
  for (const recipients of [[], [recipient]]) {
    const text = await encrypt({ password: "hunter2" }, { recipients, masterKeys, file });
    expect(readMetadata(text, { file })).toMatchObject({
      otherKeys: ["hc_vault"],
      groups: [{ others: [{ kind: "hc_vault", fields: { engine_path: "transit", key_name: "sops" } }] }],
    });
    expect((await decrypt(text, { ...none, masterKeys, file })).data).toEqual({ password: "hunter2" });
    const again = { ...none, recipients, masterKeys, identities: [identity], file };
    expect(await encryptIfChanged(text, { password: "hunter2" }, again)).toBe(text);
    const edited = await encryptIfChanged(text, file.endsWith("json") ? '{"password": "x"}' : "password: x\n", again);
    const kinds = (one: string) =>
      readMetadata(one, { file }).groups.map((group) => [group.age.length, group.otherKeys]);
    expect(kinds(edited)).toEqual(kinds(text));
    const rotated = await rotate(text, { ...none, masterKeys, file });
    expect((await decrypt(rotated, { ...none, masterKeys, file })).data).toEqual({ password: "hunter2" });
    await expect(decrypt(text, { ...none, file })).rejects.toMatchObject({ code: "no-identity-matches" });
    if (recipients.length > 0) {
      await expect(rotate(text, { identities: [identity], file })).rejects.toMatchObject({
        code: "unsupported-key-type",
      });
    }
  }
  expect(new Set(server.requests)).toEqual(new Set(["POST /v1/transit/encrypt/sops", "POST /v1/transit/decrypt/sops"]));
});

test("failures say what Vault answered, and nothing secret", async () => {
  await using server = await transitServer(token());
  const good = vaultTransit(server.uri, { token });
  const text = await encrypt({ a: 1 }, { recipients: [], masterKeys: [good] });
  const reasons: string[] = [];
  for (const [key, content] of [
    [vaultTransit(server.uri, { token: () => "wrong-canary" }), text],
    [vaultTransit(server.uri.replace("keys/sops", "keys/other"), { token }), text],
    [good, text.replace("vault:v1:", "vault:v1:AAAA")],
    [
      vaultTransit("http://127.0.0.1:1/v1/transit/keys/sops", { token }),
      text.replace(/vault_address: .*/, "vault_address: http://127.0.0.1:1"),
    ],
  ] as const) {
    const error = await decrypt(content, { ...none, masterKeys: [key] }).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "no-identity-matches" });
    const { message, tried } = error as { message: string; tried: readonly { reason: string }[] };
    expect(message).not.toMatch(/canary|AAAA/);
    reasons.push(tried.at(-1)?.reason ?? "");
  }
  expect(reasons).toEqual([
    "Vault answered 403: the token is not valid or its policies do not allow it",
    "is not among the keys of the file",
    "Vault answered 400: there may be no such key or engine",
    "http://127.0.0.1:1 cannot be reached",
  ]);
  const locked = vaultTransit(server.uri, { token: () => "wrong" });
  await expect(encrypt({ a: 1 }, { recipients: [], masterKeys: [locked] })).rejects.toMatchObject({
    code: "invalid-recipient",
  });
  expect(() => vaultTransit("vault.example/transit")).toThrow(TypeError);
});
