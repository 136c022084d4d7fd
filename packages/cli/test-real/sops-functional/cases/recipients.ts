import type { Case } from "../case.ts";
import { flatYaml, toAlice } from "../fixtures.ts";

const file = { "x.yaml": flatYaml };
const opens = { stdout: flatYaml };

/** Where `encrypt` takes recipients from. */
export const recipientSources: readonly Case[] = [
  {
    name: "--age without any configuration",
    files: file,
    run: { args: ["encrypt", "--age", "{alice}", "x.yaml"] },
    opens,
  },
  { name: "-a", files: file, run: { args: ["encrypt", "-a", "{alice}", "x.yaml"] }, opens },
  { name: "-e with --age", files: file, run: { args: ["--age", "{alice}", "-e", "x.yaml"] }, opens },
  { name: "--age=", files: file, run: { args: ["encrypt", "--age={alice}", "x.yaml"] }, opens },
  { name: "several recipients", files: file, run: { args: ["encrypt", "--age", "{alice},{bob}", "x.yaml"] }, opens },
  {
    name: "spaces between recipients",
    files: file,
    run: { args: ["encrypt", "--age", "{alice}, {bob}", "x.yaml"] },
    opens,
  },
  {
    name: "the last --age counts",
    files: file,
    run: { args: ["encrypt", "--age", "{alice}", "--age", "{bob}", "x.yaml"] },
    opens,
  },
  {
    name: "SOPS_AGE_RECIPIENTS",
    files: file,
    run: { args: ["encrypt", "x.yaml"], env: { SOPS_AGE_RECIPIENTS: "{alice},{bob}" } },
    opens,
  },
  {
    name: "SOPS_AGE_RECIPIENTS with -e",
    files: file,
    run: { args: ["-e", "x.yaml"], env: { SOPS_AGE_RECIPIENTS: "{bob}" } },
    opens,
  },
  {
    name: "--age beats SOPS_AGE_RECIPIENTS and the configuration",
    files: { ...file, ".sops.yaml": toAlice },
    run: { args: ["encrypt", "--age", "{carol}", "x.yaml"], env: { SOPS_AGE_RECIPIENTS: "{bob}" } },
    opens,
  },
  {
    name: "SOPS_AGE_RECIPIENTS beats the configuration",
    files: { ...file, ".sops.yaml": toAlice },
    run: { args: ["encrypt", "x.yaml"], env: { SOPS_AGE_RECIPIENTS: "{bob}" } },
    opens,
  },
  {
    name: "no recipient",
    files: file,
    run: [
      { args: ["encrypt", "x.yaml"], status: 1 },
      { args: ["-e", "x.yaml"], status: 1 },
    ],
  },
  {
    name: "a recipient that is none",
    files: file,
    run: { args: ["encrypt", "--age", "age1hunter", "x.yaml"], status: 1 },
  },
  {
    name: "an identity instead of a recipient",
    files: file,
    run: { args: ["encrypt", "--age", "{bob.key}", "x.yaml"], status: 1 },
  },
  {
    name: "an SSH key that is none",
    files: file,
    run: { args: ["encrypt", "--age", "ssh-ed25519 AAAA", "x.yaml"], status: 1 },
  },
  {
    name: "an SSH key",
    files: file,
    run: { args: ["encrypt", "--age", "{alice},{ssh}", "x.yaml"], stdout: /recipient: ssh-ed25519 / },
    opens,
  },
  {
    name: "a post-quantum key",
    files: file,
    run: { args: ["encrypt", "--age", "{pq}", "-i", "x.yaml"] },
  },
  {
    name: "a recipient twice",
    files: file,
    run: { args: ["encrypt", "--age", "{alice},{alice}", "x.yaml"] },
    opens,
    differs: { because: "recipient-once", stdout: /^host: ENC/ },
  },
];

const gpg = "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4";

/** Keys of other services end the run: nothing is written for age keys alone. */
export const otherKeys: readonly Case[] = [
  { flag: "--pgp", value: gpg, variable: "SOPS_PGP_FP" },
  { flag: "-p", value: gpg },
].map(
  ({ flag, value, variable }): Case => ({
    name: `${flag}: a key that cannot be used`,
    files: file,
    run: [
      { args: ["encrypt", "--age", "{alice}", flag, value, "-i", "x.yaml"], status: 1 },
      ...(variable === undefined ? [] : [{ args: ["encrypt", "-i", "x.yaml"], env: { [variable]: value }, status: 1 }]),
    ],
    kept: ["x.yaml"],
    differs: { because: "other-keys", says: /openSops|sops/, files: false },
  }),
);
