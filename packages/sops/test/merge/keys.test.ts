import {
  addRecipient,
  decrypt,
  edit,
  encrypt,
  generateIdentity,
  type MergeOptions,
  mergeEncrypted,
  readMetadata,
  removeRecipient,
  rotate,
  updateKeys,
} from "@idstack/sops";
import { describe, expect, test } from "vitest";

const [me, colleague, former, added] = (await Promise.all([1, 2, 3, 4].map(() => generateIdentity()))) as [
  Key,
  Key,
  Key,
  Key,
];
type Key = Awaited<ReturnType<typeof generateIdentity>>;
const identities = [me.identity];
const options = { identities };
const text = "user: web\ntoken: old\n";
const base = await encrypt(text, { recipients: [me.recipient, colleague.recipient, former.recipient] });
const put = (from: string, key: string, value: string) => edit(from, (doc) => doc.set([key], value), options);
const merge = async (ours: string, theirs: string, more: MergeOptions = {}) =>
  (await mergeEncrypted({ base, ours, theirs }, { ...options, ...more })).text;
const recipientsOf = (merged: string) =>
  readMetadata(merged)
    .age.map(({ recipient }) => recipient)
    .sort();
const sorted = (...keys: Key[]) => keys.map(({ recipient }) => recipient).sort();
const opens = (merged: string, key: Key) =>
  decrypt(merged, { identities: [key.identity] }).then(
    () => true,
    () => false,
  );

test("recipients are merged as a set: added on one side, removed on the other", async () => {
  const ours = await put((await addRecipient(base, added.recipient, options)).text, "user", "shop");
  const theirs = (await removeRecipient(base, former.recipient, options)).text;
  const merged = await merge(ours, theirs);
  expect(recipientsOf(merged)).toEqual(sorted(me, colleague, added));
  expect(await opens(merged, added)).toBe(true);
  expect((await decrypt(merged, options)).data).toEqual({ user: "shop", token: "old" });
  const back = await merge(theirs, ours);
  expect(recipientsOf(back)).toEqual(sorted(me, colleague, added));
  expect((await decrypt(back, options)).data).toEqual({ user: "shop", token: "old" });
});

test("who can open the result and could not before is named", async () => {
  const ours = await put(base, "user", "shop");
  const theirs = (await addRecipient(base, added.recipient, options)).text;
  const { warnings } = await mergeEncrypted({ base, ours, theirs }, options);
  expect(warnings).toMatchObject([
    { code: "sops/merge-recipients", message: expect.stringContaining(added.recipient) },
  ]);
  expect((await mergeEncrypted({ base, ours: theirs, theirs: ours }, options)).warnings).toEqual([]);
});

test("a recipient that somebody wrote into a file without its data key is not given one by the merge alone", async () => {
  const { enc = "" } = readMetadata(base).age[0] ?? {};
  const forged = base.replace(/^( *)recipient: .*$/m, (line, pad: string) => {
    const armor = enc
      .trim()
      .split("\n")
      .map((one) => `${pad}    ${one}`)
      .join("\n");
    return `${line}\n${pad.slice(2)}- enc: |\n${armor}\n${pad}recipient: ${added.recipient}`;
  });
  expect(recipientsOf(forged)).toEqual(sorted(me, colleague, former, added));
  const merged = await merge(await put(base, "user", "shop"), forged);
  expect(await opens(merged, added)).toBe(false);
});

test("one side updated the keys, the other a value: both are there, and wrapped keys that stay keep their bytes", async () => {
  const ours = await put(base, "user", "shop");
  const theirs = (await updateKeys(base, { recipients: [me.recipient, added.recipient] }, options)).text;
  const merged = await merge(ours, theirs);
  expect(recipientsOf(merged)).toEqual(sorted(me, added));
  expect(await opens(merged, added)).toBe(true);
  const wrapped = (file: string) => readMetadata(file).age.find(({ recipient }) => recipient === me.recipient)?.enc;
  expect([wrapped(ours), wrapped(theirs)]).toContain(wrapped(merged));
});

describe("rotation", () => {
  test("on one side wins, and the other's changes move to the new key", async () => {
    const ours = await put((await addRecipient(base, added.recipient, options)).text, "user", "shop");
    const theirs = await rotate(base, { ...options, remove: [former.recipient] });
    for (const merged of [await merge(ours, theirs), await merge(theirs, ours)]) {
      expect(recipientsOf(merged)).toEqual(sorted(me, colleague, added));
      expect(await opens(merged, added)).toBe(true);
      expect((await decrypt(merged, options)).data).toEqual({ user: "shop", token: "old" });
      expect(await knows(former, [base, ours], merged)).toBe(false);
    }
  });

  test("on both sides: nobody who was removed on either knows the data key of the result", async () => {
    const ours = await put(await rotate(base, { ...options, remove: [former.recipient] }), "user", "shop");
    const theirs = await put(await rotate(base, { ...options, remove: [colleague.recipient] }), "token", "new");
    const merged = await merge(ours, theirs);
    expect(recipientsOf(merged)).toEqual(sorted(me));
    expect((await decrypt(merged, options)).data).toEqual({ user: "shop", token: "new" });
    expect(await knows(former, [base, ours, theirs], merged)).toBe(false);
    expect(await knows(colleague, [base, ours, theirs], merged)).toBe(false);
  });

  test("on both sides without removals: the result has a new data key for the same recipients", async () => {
    const ours = await put(await rotate(base, options), "user", "shop");
    const theirs = await put(await rotate(base, options), "token", "new");
    const merged = await merge(ours, theirs);
    expect(recipientsOf(merged)).toEqual(recipientsOf(base));
    expect((await decrypt(merged, options)).data).toEqual({ user: "shop", token: "new" });
    for (const side of [ours, theirs]) expect(await knows(me, [side], merged)).toBe(false);
  });

  test("by somebody who has no key, only recipients: what the other side holds is not sealed under theirs", async () => {
    const mallory = added;
    // Made by whoever knows the data key, which is then taken to be for all who were recipients before.
    const forged = await encrypt("user: web\ntoken: old\n", { recipients: [mallory.recipient, ...recipientsOf(base)] });
    const hidden = (await removeRecipient(forged, mallory.recipient, { identities: [mallory.identity] })).text;
    expect(await knows(mallory, [forged], hidden)).toBe(true);
    const mine = await put(base, "added", "canary");
    for (const [ours, theirs] of [
      [mine, hidden],
      [hidden, mine],
    ] as const) {
      for (const before of [base, undefined]) {
        const { text: merged } = await mergeEncrypted({ base: before, ours, theirs }, { ...options, favor: "ours" });
        expect((await decrypt(merged, options)).data).toHaveProperty("added", "canary");
        expect(await knows(mallory, [forged], merged)).toBe(false);
      }
    }
  });

  test("names the readers of either side: in a rebase ours is what others wrote", async () => {
    const theirs = await put(base, "user", "shop");
    const ours = await rotate(base, { ...options, add: [added.recipient] });
    const { warnings } = await mergeEncrypted({ base, ours, theirs }, options);
    expect(warnings.map(({ message }) => message)).toEqual([
      `${added.recipient} can open the merged file: ours has it as a recipient`,
    ]);
  });
});

/** Whether a data key that somebody could open in old files opens values of another. */
async function knows(key: Key, old: readonly string[], merged: string): Promise<boolean> {
  for (const file of old) {
    const wraps = readMetadata(file).age.find(({ recipient }) => recipient === key.recipient);
    if (wraps === undefined) continue;
    // The old wrapped key, put into the new file: it opens the file only if the data key is the same.
    const first = readMetadata(merged).age[0];
    const armor = (enc: string) => enc.trim().split("\n");
    const [from, to] = [armor(first?.enc ?? ""), armor(wraps.enc)];
    const lines = merged.split("\n");
    const at = lines.findIndex((line) => line.trim() === from[1]) - 1;
    const pad = /^ */.exec(lines[at] ?? "")?.[0] ?? "";
    lines.splice(at, from.length, ...to.map((line) => pad + line));
    if (await opens(lines.join("\n").replace(first?.recipient ?? "", key.recipient), key)) return true;
  }
  return false;
}

test("the check above sees a key that stayed", async () => {
  const ours = await put(base, "user", "shop");
  const theirs = (await removeRecipient(base, former.recipient, options)).text;
  expect(await knows(former, [base], await merge(ours, theirs))).toBe(true);
});

describe("the selection rule", () => {
  const make = (suffix: string, value = "web") =>
    encrypt(`user: ${value}\ntoken: old\n`, { recipients: [me.recipient], encryptedRegex: suffix });

  test("changed on one side holds for the result", async () => {
    const first = await make("^token$");
    const ours = await put(first, "token", "new");
    const theirs = await make("^(token|user)$");
    for (const [a, b] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      const { text: merged, conflicts } = await mergeEncrypted({ base: first, ours: a, theirs: b }, options);
      expect(conflicts).toEqual([]);
      expect(readMetadata(merged).selection).toEqual({ encryptedRegex: "^(token|user)$" });
      expect(merged).toMatch(/^user: ENC/m);
      expect((await decrypt(merged, options)).data).toEqual({ user: "web", token: "new" });
    }
  });

  test("changed on both sides is explained, or decided by favor", async () => {
    const versions = { base: await make("^token$"), ours: await make("token|user"), theirs: await make("tok|user") };
    const failure = mergeEncrypted(versions, options);
    await expect(failure).rejects.toMatchObject({ code: "merge-conflict" });
    await expect(failure).rejects.toThrow(/ours has encrypted_regex: token\|user, theirs encrypted_regex: tok\|user/);
    const { text: merged } = await mergeEncrypted(versions, { ...options, favor: "theirs" });
    expect(readMetadata(merged).selection).toEqual({ encryptedRegex: "tok|user" });
  });

  test("never leaves a value in plaintext that is encrypted where it comes from", async () => {
    const first = await make(".*");
    const ours = await make("^user$");
    const theirs = await edit(first, (doc) => doc.set(["added"], "canary"), options);
    await expect(mergeEncrypted({ base: first, ours, theirs }, options)).rejects.toMatchObject({
      code: "merge-conflict",
      path: "added",
    });
  });
});

describe("key groups", () => {
  const keyGroups = [[me.recipient], [colleague.recipient]];
  const both = { identities: [me.identity, colleague.identity] };
  const make = async () => encrypt(text, { recipients: [], keyGroups, shamirThreshold: 2 });
  const change = (from: string, key: string, value: string) => edit(from, (doc) => doc.set([key], value), both);

  test("that did not change stay byte for byte", async () => {
    const first = await make();
    const ours = await change(first, "user", "shop");
    const theirs = await change(first, "token", "new");
    const { text: merged } = await mergeEncrypted({ base: first, ours, theirs }, both);
    expect(readMetadata(merged).groups).toEqual(readMetadata(ours).groups);
    expect((await decrypt(merged, both)).data).toEqual({ user: "shop", token: "new" });
  });

  test("with members added on both sides", async () => {
    const first = await make();
    const ours = (await addRecipient(first, added.recipient, { ...both, group: 0 })).text;
    const theirs = (await addRecipient(await change(first, "user", "shop"), former.recipient, { ...both, group: 1 }))
      .text;
    const { text: merged } = await mergeEncrypted({ base: first, ours, theirs }, both);
    const groups = readMetadata(merged).groups.map(({ age }) => age.map(({ recipient }) => recipient).sort());
    expect(groups).toEqual([sorted(me, added), sorted(colleague, former)]);
    const others = { identities: [added.identity, former.identity] };
    expect((await decrypt(merged, others)).data).toEqual({ user: "shop", token: "old" });
  });

  test("that contradict each other are explained", async () => {
    const first = await make();
    const ours = (await updateKeys(first, { recipients: [me.recipient] }, both)).text;
    const theirs = (await addRecipient(first, added.recipient, { ...both, group: 1 })).text;
    await expect(mergeEncrypted({ base: first, ours, theirs }, both)).rejects.toThrow(
      /ours has one list of keys, theirs 2 key groups of which 2 are needed/,
    );
  });
});

test("versions from before one became a recipient open with the same data key, and without any key nothing does", async () => {
  const ours = await put((await addRecipient(base, added.recipient, options)).text, "user", "shop");
  const theirs = await put(base, "token", "new");
  const { text: merged } = await mergeEncrypted({ base, ours, theirs }, { identities: [added.identity] });
  expect((await decrypt(merged, options)).data).toEqual({ user: "shop", token: "new" });
  const { identity } = await generateIdentity();
  await expect(mergeEncrypted({ base, ours, theirs }, { identities: [identity] })).rejects.toMatchObject({
    code: "no-identity-matches",
  });
});
