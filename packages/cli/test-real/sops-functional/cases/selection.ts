import type { Case } from "../case.ts";
import { shopYaml, toAlice } from "../fixtures.ts";

const files = { "x.yaml": shopYaml };
const opens = { stdout: shopYaml };
const flags = {
  "--encrypted-regex": "^(password|nested)$",
  "--unencrypted-regex": "^(host|port)$",
  "--encrypted-suffix": "word",
  "--unencrypted-suffix": "s",
};
const commented =
  "# plain: why\nhost: db.internal\n# secret\npassword: hunter2\nmap:\n    # plain\n    a: 1\n    b: 2\n";

/** Which values are encrypted. */
export const selections: readonly Case[] = [
  ...Object.entries(flags).flatMap(([flag, value]): Case[] => [
    { name: flag, files, run: { args: ["encrypt", "--age", "{alice}", flag, value, "x.yaml"] }, opens },
    { name: `-e ${flag}`, files, run: { args: ["-e", "--age", "{alice}", flag, value, "x.yaml"] }, opens },
    {
      name: `${flag} and a rule with another selection`,
      files: { ...files, ".sops.yaml": `${toAlice}      encrypted_regex: ^tags$\n` },
      run: { args: ["encrypt", flag, value, "x.yaml"], status: flag === "--encrypted-regex" ? 0 : 8 },
    },
  ]),
  ...Object.entries({
    encrypted_regex: "^(password|nested)$",
    unencrypted_regex: "^(host|port)$",
    encrypted_suffix: "word",
    unencrypted_suffix: "s",
  }).map(
    ([field, value]): Case => ({
      name: `${field} of a rule`,
      files: { ...files, ".sops.yaml": `${toAlice}      ${field}: ${value}\n` },
      run: { args: ["encrypt", "x.yaml"] },
      opens,
    }),
  ),
  ...Object.entries({ encrypted_comment_regex: "secret", unencrypted_comment_regex: "plain" }).flatMap(
    ([field, value]): Case[] => [
      {
        name: `${field} of a rule`,
        files: { "x.yaml": commented, ".sops.yaml": `${toAlice}      ${field}: ${value}\n` },
        run: { args: ["encrypt", "x.yaml"] },
        opens: { stdout: commented },
      },
      {
        name: `-e --${field.replaceAll("_", "-")}`,
        files: { "x.yaml": commented },
        run: { args: ["-e", "--age", "{alice}", `--${field.replaceAll("_", "-")}`, value, "x.yaml"] },
        opens: { stdout: commented },
      },
      {
        name: `encrypt has no --${field.replaceAll("_", "-")}`,
        files: { "x.yaml": commented },
        run: { args: ["encrypt", "--age", "{alice}", `--${field.replaceAll("_", "-")}`, value, "x.yaml"], status: 1 },
        differs: { because: "help-on-stderr", stdout: "" },
      },
    ],
  ),
  {
    name: "two selections",
    files,
    run: [
      {
        args: ["encrypt", "--age", "{alice}", "--encrypted-regex", "a", "--unencrypted-regex", "b", "x.yaml"],
        status: 8,
      },
      { args: ["-e", "--age", "{alice}", "--encrypted-suffix", "a", "--unencrypted-suffix", "b", "x.yaml"], status: 8 },
    ],
  },
  {
    name: "two selections in a rule",
    files: { ...files, ".sops.yaml": `${toAlice}      encrypted_regex: a\n      unencrypted_suffix: b\n` },
    run: { args: ["encrypt", "x.yaml"], status: 1 },
  },
  {
    name: "a selection that selects nothing",
    files,
    run: {
      args: ["encrypt", "--age", "{alice}", "--encrypted-regex", "^none$", "x.yaml"],
      stdout: /password: hunter2/,
    },
    opens,
  },
  {
    name: "a pattern that RE2 rejects",
    files,
    run: {
      args: ["encrypt", "--age", "{alice}", "--encrypted-regex", "(?=password)", "x.yaml"],
      stdout: /password: hunter2/,
    },
    differs: { because: "invalid-pattern", status: 1, stdout: "", says: /encrypted_regex|encrypted-regex/ },
  },
  {
    name: "-e --mac-only-encrypted",
    files,
    run: { args: ["-e", "--age", "{alice}", "--mac-only-encrypted", "--encrypted-regex", "password", "x.yaml"] },
    opens,
  },
  {
    name: "mac_only_encrypted of a rule",
    files: { ...files, ".sops.yaml": `${toAlice}      mac_only_encrypted: true\n      encrypted_regex: password\n` },
    run: { args: ["encrypt", "x.yaml"], stdout: /mac_only_encrypted: true/ },
    opens,
  },
  {
    name: "encrypt has no --mac-only-encrypted",
    files,
    run: { args: ["encrypt", "--age", "{alice}", "--mac-only-encrypted", "x.yaml"], status: 1 },
    differs: { because: "help-on-stderr", stdout: "" },
  },
];

const documentWithComments =
  "# head\nhost: db.internal # inline\n# above\npassword: hunter2\nlist:\n    # first\n    - a\n    - b\n# end\n";

export const comments: readonly Case[] = [
  {
    name: "comments are encrypted",
    upstream: "encrypt_comments",
    files: { ".sops.yaml": toAlice, "x.yaml": "# hunter2\na: 1\n# below hunter2\nb: 2\n" },
    run: { args: ["encrypt", "x.yaml"], stdout: /^#ENC\[AES256_GCM,data:/ },
    opens: { stdout: "# hunter2\na: 1\n# below hunter2\nb: 2\n" },
  },
  {
    name: "comments in lists are encrypted",
    upstream: "encrypt_comments_list",
    files: { ".sops.yaml": toAlice, "x.yaml": "list:\n    # hunter2\n    - a\n    # more\n    - b\n" },
    run: { args: ["encrypt", "x.yaml"], stdout: /type:comment\]/ },
    opens: { stdout: "list:\n    # hunter2\n    - a\n    # more\n    - b\n" },
  },
  {
    name: "comments come back",
    upstream: "decrypt_comments",
    sealed: { "x.yaml": documentWithComments },
    run: { args: ["decrypt", "x.yaml"], stdout: /^# head\n/ },
  },
  {
    name: "plain comments stay",
    upstream: "decrypt_comments_unencrypted_comments",
    sealed: {
      "x.yaml": {
        text: "# head\nhost: db.internal\n# above\npassword: hunter2\n",
        args: ["--encrypted-regex", "password"],
      },
    },
    run: [
      { args: ["decrypt", "x.yaml"], stdout: "# head\nhost: db.internal\n# above\npassword: hunter2\n" },
      { args: ["set", "x.yaml", '["password"]', '"hunter2 new"'] },
      { args: ["decrypt", "x.yaml"], stdout: "# head\nhost: db.internal\n# above\npassword: hunter2 new\n" },
    ],
  },
  {
    name: "a plain comment that was changed",
    sealed: { "x.yaml": { text: "# head\npassword: hunter2\n", args: ["--encrypted-regex", "password"] } },
    tamper: { "x.yaml": (text) => text.replace("# head", "# tail") },
    run: { args: ["decrypt", "x.yaml"], stdout: "# tail\npassword: hunter2\n" },
  },
];
