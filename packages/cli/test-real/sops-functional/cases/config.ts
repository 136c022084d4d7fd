import type { Case } from "../case.ts";
import { flatYaml, shopYaml, toAlice } from "../fixtures.ts";

const x = { "x.yaml": flatYaml };
const bob = "creation_rules:\n    - age: {bob}\n";
const encrypt = { args: ["encrypt", "x.yaml"] };
const opens = { stdout: flatYaml };

/** Which configuration counts, and which of its rules. */
export const configuration: readonly Case[] = [
  {
    name: "--config",
    files: { ...x, "other.yaml": bob, ".sops.yaml": toAlice },
    run: [
      { args: ["--config", "other.yaml", "encrypt", "x.yaml"] },
      { args: ["-e", "--config", "other.yaml", "x.yaml"] },
    ],
    opens,
  },
  {
    name: "SOPS_CONFIG",
    files: { ...x, "other.yaml": bob, ".sops.yaml": toAlice },
    run: { ...encrypt, env: { SOPS_CONFIG: "other.yaml" } },
    opens,
  },
  {
    name: "--config beats SOPS_CONFIG",
    files: { ...x, "other.yaml": bob },
    run: { args: ["--config", "other.yaml", "encrypt", "x.yaml"], env: { SOPS_CONFIG: "none.yaml" } },
    opens,
  },
  {
    name: "a configuration that is not there",
    files: x,
    sealed: { "y.yaml": flatYaml },
    run: [
      { args: ["--config", "none.yaml", "encrypt", "x.yaml"], status: 1 },
      { args: ["--config", "none.yaml", "encrypt", "--age", "{alice}", "x.yaml"], status: 1 },
      { args: ["--config", "none.yaml", "decrypt", "y.yaml"], status: 1 },
      { ...encrypt, env: { SOPS_CONFIG: "none.yaml" }, status: 1 },
    ],
  },
  {
    name: "--config behind the command is no option of it",
    files: { ...x, "other.yaml": bob },
    run: { args: ["encrypt", "--config", "other.yaml", "x.yaml"], status: 1 },
    differs: { because: "help-on-stderr", stdout: "" },
  },
  {
    name: "the first rule that matches",
    files: {
      "apps/x.yaml": flatYaml,
      ".sops.yaml": `creation_rules:\n    - path_regex: ^infra/\n      age: {bob}\n    - path_regex: ^apps/.*\\.yaml$\n      age: {carol}\n    - age: {alice}\n`,
    },
    run: { args: ["encrypt", "apps/x.yaml"] },
    opens,
  },
  {
    name: "no rule that matches",
    files: { ...x, ".sops.yaml": "creation_rules:\n    - path_regex: ^infra/\n      age: {bob}\n" },
    run: [
      { ...encrypt, status: 1 },
      { args: ["-e", "x.yaml"], status: 1 },
      { args: ["encrypt", "--age", "{alice}", "x.yaml"], status: 1 },
    ],
  },
  {
    name: "--filename-override chooses the rule",
    files: { ...x, ".sops.yaml": "creation_rules:\n    - path_regex: ^infra/\n      age: {bob}\n" },
    run: [
      { args: ["encrypt", "--filename-override", "infra/y.yaml", "x.yaml"] },
      { args: ["-e", "--filename-override", "infra/y.yaml", "x.yaml"] },
    ],
    opens,
  },
  {
    name: "the configuration of a folder above, whose paths begin there",
    files: {
      "repo/.sops.yaml": "creation_rules:\n    - path_regex: ^apps/x\\.yaml$\n      age: {alice}\n",
      "repo/apps/x.yaml": flatYaml,
    },
    run: [
      { args: ["encrypt", "x.yaml"], in: "repo/apps" },
      { args: ["encrypt", "../apps/x.yaml"], in: "repo/apps" },
      { args: ["--config", "repo/.sops.yaml", "encrypt", "repo/apps/x.yaml"] },
    ],
    opens,
  },
  {
    name: "the nearest configuration alone counts",
    files: {
      ".sops.yaml": toAlice,
      "apps/.sops.yaml": "creation_rules:\n    - path_regex: none\n      age: {bob}\n",
      "apps/x.yaml": flatYaml,
    },
    run: { args: ["encrypt", "x.yaml"], in: "apps", status: 1 },
  },
  {
    name: "the configuration of the working folder, not of the file's",
    files: { ".sops.yaml": toAlice, "apps/.sops.yaml": bob, "apps/x.yaml": flatYaml },
    run: { args: ["encrypt", "apps/x.yaml"] },
    opens,
  },
  {
    name: "no configuration in the working folder, one beside the file",
    files: { "apps/.sops.yaml": bob, "apps/x.yaml": flatYaml },
    run: { args: ["encrypt", "apps/x.yaml"], status: 1 },
  },
  {
    name: ".sops.yml is warned about",
    files: { ...x, ".sops.yml": toAlice },
    run: [
      { ...encrypt, status: 1 },
      { args: ["encrypt", "--age", "{alice}", "x.yaml"], says: /\.sops\.yml/ },
    ],
    opens,
  },
  {
    name: "a configuration without rules counts as none",
    files: { ...x, ".sops.yaml": "stores:\n    yaml:\n        indent: 2\n" },
    run: [{ ...encrypt, status: 1 }, { args: ["encrypt", "--age", "{alice}", "x.yaml"] }],
    opens,
  },
  ...Object.entries({
    "no YAML": "a: [\n",
    "an invalid pattern": "creation_rules:\n    - path_regex: '('\n      age: {alice}\n",
    "a recipient that is none": "creation_rules:\n    - age: age1hunter\n",
  }).map(
    ([what, text]): Case => ({
      name: `a configuration with ${what}`,
      files: { ...x, ".sops.yaml": text },
      run: [
        { ...encrypt, status: 1 },
        { args: ["-e", "x.yaml"], status: 1 },
      ],
    }),
  ),
  {
    name: "decrypting with a configuration that is no YAML",
    files: { ".sops.yaml": "a: [\n" },
    sealed: { "x.yaml": flatYaml },
    run: { args: ["decrypt", "x.yaml"], status: 1 },
    differs: { because: "config-unread", status: 0, stdout: flatYaml, says: false },
  },
  {
    name: "fields nobody knows are ignored",
    files: { ...x, ".sops.yaml": "creation_rules:\n    - path_regexp: ^none$\n      age: {alice}\n" },
    run: { ...encrypt, stdout: /^host: ENC/ },
    differs: { because: "unknown-field", status: 1, stdout: "", says: /path_regex/ },
  },
  {
    name: "recipients as a list, and as text with commas",
    files: {
      ...x,
      "list.yaml": "creation_rules:\n    - age:\n        - {alice}\n        - {bob}\n",
      "text.yaml": "creation_rules:\n    - age: >-\n        {alice},\n        {carol}\n",
    },
    run: [
      { args: ["--config", "list.yaml", "encrypt", "x.yaml"] },
      { args: ["--config", "text.yaml", "encrypt", "x.yaml"] },
    ],
    opens,
  },
];

const groups = (threshold: string): string =>
  `creation_rules:\n    - ${threshold}key_groups:\n        - age:\n            - {alice}\n        - age:\n            - {bob}\n        - age:\n            - {carol}\n`;

export const keyGroups: readonly Case[] = [
  {
    name: "groups with a threshold",
    upstream: "roundtrip_shamir",
    files: { "x.yaml": shopYaml, ".sops.yaml": groups("shamir_threshold: 2\n      ") },
    run: [
      { args: ["encrypt", "-i", "x.yaml"] },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{alice.key}\n{carol.key}" }, stdout: shopYaml },
    ],
  },
  {
    name: "too few keys of groups",
    upstream: "roundtrip_shamir_missing_decryption_key",
    files: { "x.yaml": shopYaml, ".sops.yaml": groups("shamir_threshold: 2\n      ") },
    run: [
      { args: ["encrypt", "-i", "x.yaml"] },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{carol.key}" }, stdout: "", status: 128 },
    ],
  },
  {
    name: "groups without a threshold want all",
    files: { "x.yaml": shopYaml, ".sops.yaml": groups("") },
    run: [
      { args: ["encrypt", "-i", "x.yaml"] },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{alice.key}\n{bob.key}" }, status: 128 },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{alice.key}\n{bob.key}\n{carol.key}" }, stdout: shopYaml },
    ],
  },
  {
    name: "--shamir-secret-sharing-threshold",
    files: { "x.yaml": shopYaml, ".sops.yaml": groups("") },
    run: [
      { args: ["encrypt", "--shamir-secret-sharing-threshold", "2", "x.yaml"], stdout: /shamir_threshold: 2/ },
      { args: ["-e", "--shamir-secret-sharing-threshold", "2", "x.yaml"], stdout: /shamir_threshold: 2/ },
    ],
    opens: { stdout: shopYaml },
  },
  {
    name: "one group",
    upstream: "test_no_keygroups",
    files: {
      "x.yaml": shopYaml,
      ".sops.yaml": "creation_rules:\n    - key_groups:\n        - age:\n            - {alice}\n            - {bob}\n",
    },
    run: [
      { args: ["encrypt", "-i", "x.yaml"] },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, stdout: shopYaml },
    ],
  },
  {
    name: "groups in the other stores",
    files: {
      "x.json": '{"a": "hunter2"}',
      "x.env": "A=hunter2\n",
      "x.ini": "[a]\nb = hunter2\n",
      "x.txt": "hunter2",
      ".sops.yaml": groups("shamir_threshold: 2\n      "),
    },
    run: ["x.json", "x.env", "x.ini", "x.txt"].flatMap((name) => [
      { args: ["encrypt", "-i", name] },
      { args: ["decrypt", name], env: { SOPS_AGE_KEY: "{alice.key}\n{carol.key}" } },
    ]),
  },
  {
    name: "no group at all",
    upstream: "test_zero_keygroups",
    sealed: { "x.yaml": flatYaml },
    tamper: { "x.yaml": (text) => text.replace(/ {4}age:\n(?: {8}.*\n)+/, "    key_groups: []\n") },
    run: { args: ["decrypt", "x.yaml"], status: 1 },
  },
  {
    name: "a group without keys",
    upstream: "test_empty_keygroup",
    sealed: { "x.yaml": flatYaml },
    tamper: {
      "x.yaml": (text) =>
        text.replace(/ {4}age:\n(?: {8}.*\n)+/, "    key_groups:\n        - hc_vault: []\n          age: []\n"),
    },
    run: { args: ["decrypt", "x.yaml"], status: 128 },
    differs: { because: "empty-group", status: 1 },
  },
  {
    name: "groups merged from others",
    files: {
      "x.yaml": flatYaml,
      ".sops.yaml":
        "creation_rules:\n    - key_groups:\n        - merge:\n            - age:\n                - {alice}\n            - age:\n                - {bob}\n                - {alice}\n          age:\n            - {carol}\n",
    },
    run: { args: ["encrypt", "x.yaml"] },
    opens,
  },
];
