import { describe, expect, test } from "vitest";
import { decrypt } from "../../src/index.ts";
import { VECTOR_KEY, vector, vectorNames } from "../helpers.ts";

const identities = [VECTOR_KEY];

describe.each(["3.12.2", "3.13.3"])("files written by sops %s", (version) => {
  test.each(vectorNames("plain-stores"))("%s decrypts to the very bytes sops prints", async (name) => {
    const { text, macVerified } = await decrypt(vector(`generated/stores-${version}/${name}`), {
      identities,
      file: name,
      emit: "sops",
    });
    expect(macVerified).toBe(true);
    expect(text).toBe(vector(`generated/stores-${version}/${name}.decrypted`));
  });
});
