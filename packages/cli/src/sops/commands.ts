import type { SopsCall } from "./call.ts";

/** One subcommand of `idstack-sops`. */
export interface SopsCommand {
  readonly usage: string;
  readonly about: string;
  readonly flags: readonly string[];
  /** Resolves to an exit status, or to nothing for 0. */
  readonly run: (call: SopsCall) => Promise<void> | Promise<number>;
}

const KEY_SERVICE = ["enable-local-keyservice", "keyservice", "help"];
const FORMATS = ["input-type", "output-type"];
const KEYS = ["kms", "aws-profile", "gcp-kms", "hckms", "azure-kv", "hc-vault-transit", "pgp", "age"];
const SELECTION = ["unencrypted-suffix", "encrypted-suffix", "unencrypted-regex", "encrypted-regex"];
const CHANGES = ["gcp-kms", "hckms", "azure-kv", "kms", "hc-vault-transit", "age", "pgp"].flatMap((key) => [
  `add-${key}`,
  `rm-${key}`,
]);
const THRESHOLD = ["encryption-context", "shamir-secret-sharing-threshold"];
const OPENING = ["ignore-mac", "decryption-order"];

/** The subcommands, with the flags sops 3.13 gives each of them. What they need is imported when they run. */
export const commands: Readonly<Record<string, SopsCommand>> = {
  decrypt: {
    usage: "decrypt [options] [file]",
    about: "decrypt a file to stdout; without a file, stdin",
    flags: ["in-place", "extract", "output", ...FORMATS, "filename-override", ...OPENING, ...KEY_SERVICE],
    run: async (call) => (await import("./decrypt.ts")).decryptCommand(call),
  },
  encrypt: {
    usage: "encrypt [options] [file]",
    about: "encrypt a file to stdout; without a file, stdin",
    flags: [
      ...["in-place", "output", ...KEYS, ...FORMATS, ...SELECTION, ...THRESHOLD, "filename-override"],
      ...KEY_SERVICE,
    ],
    run: async (call) => (await import("./encrypt.ts")).encryptCommand(call),
  },
  edit: {
    usage: "edit [options] file",
    about: "edit a file in SOPS_EDITOR or EDITOR; a new one is made",
    flags: [...KEYS, ...FORMATS, ...SELECTION, ...THRESHOLD, "show-master-keys", ...OPENING, ...KEY_SERVICE],
    run: async (call) => (await import("./edit.ts")).editCommand(call),
  },
  rotate: {
    usage: "rotate [options] file",
    about: "give a file a new data key, and other recipients if asked",
    flags: [
      ...["in-place", "output", ...FORMATS, "encryption-context", ...CHANGES, "filename-override", "decryption-order"],
      ...KEY_SERVICE,
    ],
    run: async (call) => (await import("./rotate.ts")).rotateCommand(call),
  },
  set: {
    usage: "set [options] file path value",
    about: "set one value of a file, written as JSON",
    flags: [...FORMATS, "value-file", "value-stdin", THRESHOLD[1] ?? "", ...OPENING, "idempotent", ...KEY_SERVICE],
    run: async (call) => (await import("./set.ts")).setCommand(call),
  },
  unset: {
    usage: "unset [options] file path",
    about: "remove one value of a file",
    flags: [...FORMATS, THRESHOLD[1] ?? "", ...OPENING, "idempotent", ...KEY_SERVICE],
    run: async (call) => (await import("./set.ts")).unsetCommand(call),
  },
  updatekeys: {
    usage: "updatekeys [options] file...",
    about: "give files the recipients of their creation rules",
    flags: ["yes", "input-type", ...KEY_SERVICE],
    run: async (call) => (await import("./update-keys.ts")).updateKeysCommand(call),
  },
  "exec-env": {
    usage: "exec-env [options] file command",
    about: "run a command with the values of a file in its environment",
    flags: ["background", "pristine", "user", "same-process", "decryption-order", ...KEY_SERVICE],
    run: async (call) => (await import("./exec.ts")).execEnvCommand(call),
  },
  "exec-file": {
    usage: "exec-file [options] file command",
    about: "run a command that reads the decrypted file where it says {}",
    flags: ["background", "no-fifo", "user", ...FORMATS, "filename", "decryption-order", ...KEY_SERVICE],
    run: async (call) => (await import("./exec.ts")).execFileCommand(call),
  },
  filestatus: {
    usage: "filestatus [options] file",
    about: "say whether a file is encrypted",
    flags: ["input-type", "help"],
    run: async (call) => (await import("./file-status.ts")).fileStatusCommand(call),
  },
};

/** What sops has and this program does not. */
export const unsupported: readonly string[] = ["publish", "keyservice", "groups", "completion"];

/** Flags of the program itself; the first ones also say what to do, as before there were subcommands. */
export const globalFlags: readonly string[] = [
  ...["decrypt", "encrypt", "rotate", "disable-version-check", "check-for-updates"],
  ...[...KEYS, "in-place", "extract", ...FORMATS, "show-master-keys", ...CHANGES, "ignore-mac", "mac-only-encrypted"],
  ...[...SELECTION, "unencrypted-comment-regex", "encrypted-comment-regex", "config", "encryption-context", "set"],
  ...["shamir-secret-sharing-threshold", "indent", "verbose", "output", "filename-override", "decryption-order"],
  ...[...KEY_SERVICE, "version"],
];
