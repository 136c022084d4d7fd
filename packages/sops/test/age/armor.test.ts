// What filippo.io/age's armor reader takes and refuses around an armored file, which sops uses.
import { expect, test } from "vitest";
import { decodeArmor } from "../../src/age/armor.ts";

const BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
const END = "-----END AGE ENCRYPTED FILE-----";
const bytes = Buffer.from("what was sealed");
const body = bytes.toString("base64");

test.each([
  ["as it is written", `${BEGIN}\n${body}\n${END}\n`],
  ["without a last newline", `${BEGIN}\n${body}\n${END}`],
  ["with CRLF", `${BEGIN}\r\n${body}\r\n${END}\r\n`],
  ["with a last CR", `${BEGIN}\n${body}\n${END}\r`],
  ["with blank lines before", `\n \t\r\n\f\n${BEGIN}\n${body}\n${END}\n`],
  ["with white space after", `${BEGIN}\n${body}\n${END}\n\n \f\v\u00a0`],
])("%s", async (_name, text) => {
  expect(Buffer.from(await decodeArmor(text))).toEqual(bytes);
});

test.each([
  ["a form feed in place of the last newline", `${BEGIN}\n${body}\n${END}\f`],
  ["a space after the last line", `${BEGIN}\n${body}\n${END} \n`],
  ["a space before the first line", ` ${BEGIN}\n${body}\n${END}\n`],
  ["a space after the first line", `${BEGIN} \n${body}\n${END}\n`],
  ["a space before the last line", `${BEGIN}\n${body}\n ${END}\n`],
  ["a byte order mark", `\ufeff${BEGIN}\n${body}\n${END}\n`],
  ["a byte order mark on a line of its own", `\ufeff\n${BEGIN}\n${body}\n${END}\n`],
  ["a text before", `Hello\n${BEGIN}\n${body}\n${END}\n`],
  ["a text after", `${BEGIN}\n${body}\n${END}\nHello`],
  ["nothing", ""],
])("refuses %s", async (_name, text) => {
  await expect(decodeArmor(text)).rejects.toThrow();
});
