import { describe, expect, test } from "vitest";
import { decrypt, edit, encrypt, generateIdentity } from "../../src/index.ts";
import { VECTOR_KEY, vector, vectorNames } from "../helpers.ts";

const identities = [VECTOR_KEY];
const NAMES = vectorNames("generated/sops-3.13.3").filter(
  (name) => name.endsWith(".yaml") && name !== "key-groups.yaml",
);

/** What differs at every save. */
const still = (text: string): string => text.replace(/((?:lastmodified|mac|edited): ).*/g, "$1");

describe('emit: "sops"', () => {
  test.each(NAMES)("%s decrypts to the very bytes sops 3.13.3 prints", async (name) => {
    const { text } = await decrypt(vector(`generated/sops-3.13.3/${name}`), { identities, emit: "sops" });
    expect(text).toBe(vector(`generated/sops-3.13.3/${name.replace(".yaml", ".decrypted")}`));
  });

  // In comments.yaml sops itself moves an encrypted comment above the value it stood beside.
  test.each(NAMES.filter((name) => name !== "comments.yaml"))(
    "%s keeps the bytes sops 3.13.3 wrote when it is written again",
    async (name) => {
      const before = vector(`generated/sops-3.13.3/${name}`);
      const change = (text: string, value: string | undefined) =>
        edit(text, (doc) => (value === undefined ? doc.delete(["edited"]) : doc.set(["edited"], value)), {
          identities,
          emit: "sops",
        });
      expect(still(await change(await change(before, "x"), undefined))).toBe(still(before));
    },
  );

  test("five ways in which it differs on purpose, so that everyone can read the file again", async () => {
    const { identity, recipient } = await generateIdentity();
    const plain = {
      a_unencrypted: ["  two\nlines\n"],
      "key\nof two_unencrypted": "1",
      "<<": null,
      b_unencrypted: "\u2028x",
      c_unencrypted: -0,
    };
    const text = await encrypt(plain, { recipients: [recipient], emit: "sops" });
    expect(text.slice(0, text.indexOf("sops:"))).toBe(
      'a_unencrypted:\n    - "  two\\nlines\\n"\n"key\\nof two_unencrypted": "1"\n"<<": null\nb_unencrypted: "\\Lx"\nc_unencrypted: -0.0\n',
    );
    expect((await decrypt(text, { identities: [identity] })).data).toEqual(plain);
  });
});
