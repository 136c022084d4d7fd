import type { SopsErrorCode } from "../src/index.ts";

export interface Defect {
  readonly tamper: (text: string) => string;
  /** How we refuse it. */
  readonly code: SopsErrorCode;
  /** How sops refuses it. */
  readonly words: RegExp;
}

const otherChar = (char: string): string => (char === "A" ? "B" : "A");

/** Ways to change a file without its data key. */
export const DEFECTS: Readonly<Record<string, Defect>> = {
  "a byte of a value": {
    tamper: (text) => text.replace(/(?<=password: ENC\[AES256_GCM,data:)./, otherChar),
    code: "mac-mismatch",
    words: /authentication failed/,
  },
  "a byte of a tag": {
    tamper: (text) => text.replace(/(?<=password: ENC\[AES256_GCM,[^\n]*tag:)./, otherChar),
    code: "mac-mismatch",
    words: /authentication failed/,
  },
  "the type of a value": {
    tamper: (text) => text.replace(/(?<=password: ENC\[[^\n]*type:)str/, "int"),
    code: "mac-mismatch",
    words: /./,
  },
  "a value that stays plain": {
    tamper: (text) => text.replace("visible", "visable"),
    code: "mac-mismatch",
    words: /MAC mismatch/,
  },
  "two values change places": {
    tamper: (text) => {
      const [user = "", password = ""] = ["user", "password"].map((key) =>
        new RegExp(`^${key}: (ENC.*)$`, "m").exec(text)?.at(1),
      );
      return text.replace(user, "USER").replace(password, user).replace("USER", password);
    },
    code: "mac-mismatch",
    words: /authentication failed/,
  },
  "two elements of a list change places": {
    tamper: (text) => text.replace(/^( +- ENC.*\n)( +- ENC.*\n)/m, "$2$1"),
    code: "mac-mismatch",
    words: /MAC mismatch/,
  },
  "a value is removed": {
    tamper: (text) => text.replace(/^user: .*\n/m, ""),
    code: "mac-mismatch",
    words: /MAC mismatch/,
  },
  "a plain value is added": {
    tamper: (text) => `added_unencrypted: yes\n${text}`,
    code: "mac-mismatch",
    words: /MAC mismatch/,
  },
  "a byte of the MAC": {
    tamper: (text) => text.replace(/(?<=mac: ENC\[AES256_GCM,data:)./, otherChar),
    code: "mac-mismatch",
    words: /authentication failed|MAC/,
  },
  "the time of the MAC": {
    tamper: (text) => text.replace(/(?<=lastmodified: "?)\d{4}/, "2001"),
    code: "mac-mismatch",
    words: /authentication failed|MAC/,
  },
  "a byte of the data key": {
    tamper: (text) => text.replace(/(?<=-----BEGIN AGE ENCRYPTED FILE-----\n(?:.*\n){4} +)[^ ]/, otherChar),
    code: "no-identity-matches",
    words: /./,
  },
};
