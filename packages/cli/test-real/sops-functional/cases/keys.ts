import type { Case, Step } from "../case.ts";
import { flatYaml } from "../fixtures.ts";

const nobody = { SOPS_AGE_KEY: undefined };
const decrypt = (env: Step["env"], more: Partial<Step> = {}): Step => ({
  args: ["decrypt", "x.yaml"],
  env: { ...nobody, ...env },
  ...(more.status === undefined && { stdout: flatYaml }),
  ...more,
});
const sealed = { "x.yaml": flatYaml };
const keyFile = "# created: today\n# public key: {alice}\n{alice.key}\n";

const toSsh = { "x.yaml": { text: flatYaml, args: ["--age", "{ssh}"] } };

/** Where keys are looked for when a file is opened. */
export const keySources: readonly Case[] = [
  { name: "SOPS_AGE_KEY", sealed, run: decrypt({ SOPS_AGE_KEY: "{alice.key}" }) },
  {
    name: "SOPS_AGE_KEY of several lines",
    sealed,
    run: decrypt({ SOPS_AGE_KEY: "# mine\n{bob.key}\n\n{alice.key}\n" }),
  },
  { name: "SOPS_AGE_KEY of several words", sealed, run: decrypt({ SOPS_AGE_KEY: "{bob.key} {alice.key}" }) },
  {
    name: "SOPS_AGE_KEY_FILE",
    sealed,
    files: { "keys.txt": keyFile },
    run: decrypt({ SOPS_AGE_KEY_FILE: "keys.txt" }),
  },
  {
    name: "SOPS_AGE_KEY_CMD",
    sealed,
    files: { "keys.txt": keyFile },
    run: decrypt({ SOPS_AGE_KEY_CMD: "cat '{cwd}/keys.txt'" }),
  },
  { name: "the user's key file", sealed, files: { "~/.config/sops/age/keys.txt": keyFile }, run: decrypt({}) },
  {
    name: "the key file below XDG_CONFIG_HOME",
    sealed,
    files: { "settings/sops/age/keys.txt": keyFile },
    run: decrypt({ XDG_CONFIG_HOME: "{cwd}/settings" }),
  },
  {
    name: "all sources count, not the first",
    sealed,
    files: { "keys.txt": keyFile },
    run: decrypt({ SOPS_AGE_KEY: "{bob.key}", SOPS_AGE_KEY_FILE: "keys.txt" }),
  },
  {
    name: "a source that fails is no failure while another one fits",
    sealed,
    run: decrypt({ SOPS_AGE_KEY: "{alice.key}", SOPS_AGE_KEY_FILE: "none.txt" }),
  },
  {
    name: "SOPS_AGE_KEY_CMD is told the recipient",
    sealed,
    files: { "keys.txt": keyFile, "key.sh": '#!/bin/sh\n[ "$SOPS_AGE_RECIPIENT" = {alice} ] && cat "$1"\n' },
    run: decrypt({ SOPS_AGE_KEY_CMD: "{cwd}/key.sh {cwd}/keys.txt" }),
  },
  { name: "~/.ssh/id_ed25519", sealed: toSsh, files: { "~/.ssh/id_ed25519": "{ssh.key}" }, run: decrypt({}) },
  {
    name: "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
    sealed: toSsh,
    files: { id: "{ssh.key}" },
    run: decrypt({ SOPS_AGE_SSH_PRIVATE_KEY_FILE: "id" }),
  },
  {
    name: "SOPS_AGE_SSH_PRIVATE_KEY_CMD",
    sealed: toSsh,
    files: { id: "{ssh.key}" },
    run: decrypt({ SOPS_AGE_SSH_PRIVATE_KEY_CMD: "cat id" }),
  },
  {
    name: "a post-quantum key",
    sealed: { "x.yaml": { text: flatYaml, args: ["--age", "{pq}"] } },
    run: [decrypt({ SOPS_AGE_KEY: "{pq.key}" }), decrypt({ SOPS_AGE_KEY: "{alice.key}" }, { status: 128 })],
  },
  { name: "no key", sealed, run: decrypt({}, { status: 128, stdout: "" }) },
  { name: "another's key", sealed, run: decrypt({ SOPS_AGE_KEY: "{bob.key}" }, { status: 128, stdout: "" }) },
  { name: "a key that is none", sealed, run: decrypt({ SOPS_AGE_KEY: "hunter" }, { status: 128, stdout: "" }) },
  { name: "a key file that is not there", sealed, run: decrypt({ SOPS_AGE_KEY_FILE: "none.txt" }, { status: 128 }) },
  { name: "a command that fails", sealed, run: decrypt({ SOPS_AGE_KEY_CMD: "false" }, { status: 128 }) },
  {
    name: "legacy -d with another's key",
    sealed,
    run: { args: ["-d", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, status: 128, stdout: "" },
  },
  {
    name: "a second recipient opens the file",
    upstream: "test_decrypt_file_multiple_keys",
    sealed: { "x.yaml": { text: flatYaml, args: ["--age", "{alice},{bob}"] } },
    run: [
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, stdout: flatYaml },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{alice.key}" }, stdout: flatYaml },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{carol.key}" }, status: 128 },
    ],
  },
  {
    name: "SOPS_DECRYPTION_ORDER and --decryption-order",
    sealed,
    run: [
      decrypt({ SOPS_AGE_KEY: "{alice.key}", SOPS_DECRYPTION_ORDER: "pgp,age" }),
      decrypt({ SOPS_AGE_KEY: "{alice.key}" }, { args: ["decrypt", "--decryption-order", "age", "x.yaml"] }),
      decrypt(
        { SOPS_AGE_KEY: "{alice.key}" },
        { args: ["decrypt", "--decryption-order", "age,age", "x.yaml"], status: 112 },
      ),
      decrypt(
        { SOPS_AGE_KEY: "{alice.key}" },
        { args: ["-d", "--decryption-order", "age,age", "x.yaml"], status: 112 },
      ),
    ],
  },
];
