import { spawn } from "node:child_process";
import type { Identity, Recipient, Stanza } from "age-encryption";
import { bech32Prefix } from "./bech32.ts";
import { StanzaStream } from "./stanza-stream.ts";

/** What a plugin may use of its surroundings. */
export interface PluginOptions {
  /** Default `process.env`; `PATH` is where `age-plugin-NAME` is looked up. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Asked when the plugin wants a secret (a PIN). Without it, or with undefined, the plugin is told that there is none. */
  readonly passphrase?: ((source: string) => string | undefined | Promise<string | undefined>) | undefined;
}

/** `yubikey` of `age1yubikey1…` and of `AGE-PLUGIN-YUBIKEY-1…`; undefined for anything else or a wrong checksum. */
export function pluginName(key: string): string | undefined {
  const prefix = bech32Prefix(key);
  const name = /^(?:age1|age-plugin-)([a-z0-9+._-]+?)-?$/.exec(prefix ?? "")?.[1];
  // The name becomes part of a program's name: it must not lead out of the folders of PATH.
  return name === undefined || /^[.-]/.test(name) ? undefined : name;
}

/** Encrypts through `age-plugin-NAME`, speaking age's plugin protocol (C2SP age-plugin). */
export function pluginRecipient(recipient: string, options: PluginOptions): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const stanzas: Stanza[] = [];
      await converse(recipient, "recipient-v1", options, {
        send: [stanza("add-recipient", recipient), stanzaOf(["wrap-file-key"], fileKey), stanza("done")],
        answer({ args, body }) {
          if (args[0] !== "recipient-stanza") return "unsupported";
          stanzas.push(stanzaOf(args.slice(2), body));
          return "ok";
        },
      });
      if (stanzas.length === 0) throw new Error(`age-plugin-${pluginName(recipient)} gave no answer`);
      return stanzas;
    },
  };
}

/** Decrypts through `age-plugin-NAME`. */
export function pluginIdentity(identity: string, options: PluginOptions): Identity {
  return {
    async unwrapFileKey(stanzas) {
      let fileKey: Uint8Array | null = null;
      const listed = stanzas.map(({ args, body }) => stanzaOf(["recipient-stanza", "0", ...args], body));
      await converse(identity, "identity-v1", options, {
        send: [stanza("add-identity", identity), ...listed, stanza("done")],
        answer({ args, body }) {
          if (args[0] !== "file-key") return "unsupported";
          fileKey = body;
          return "ok";
        },
      });
      return fileKey;
    },
  };
}

interface Conversation {
  readonly send: readonly Stanza[];
  readonly answer: (message: Stanza) => "ok" | "unsupported";
}

/** Sends the first phase, then answers what the plugin asks until it is done. */
async function converse(key: string, machine: string, options: PluginOptions, talk: Conversation): Promise<void> {
  const name = `age-plugin-${pluginName(key)}`;
  const env = { ...(options.env ?? process.env) };
  const child = spawn(name, [`--age-plugin=${machine}`], { env, stdio: ["pipe", "pipe", "ignore"] });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", () => reject(new Error(`${name} is not on PATH`)));
  });
  failed.catch(() => undefined);
  // A plugin that ends early closes its input: the stream of its output tells that better than EPIPE does.
  child.stdin.on("error", () => undefined);
  const stream = new StanzaStream(child.stdin, child.stdout);
  let problem: string | undefined;
  try {
    for (const message of talk.send) stream.write(message);
    for (;;) {
      const message = await Promise.race([stream.read(), failed]);
      if (message === undefined) throw new Error(problem ?? `${name} ended before it was done`);
      const [command = ""] = message.args;
      if (command === "done") break;
      if (command === "error") {
        // The text of a plugin is not ours: it may quote anything.
        problem = `${name} reports an error (${message.args[1] ?? "internal"})`;
        stream.write(stanza("ok"));
      } else if (command === "msg") {
        stream.write(stanza("ok"));
      } else if (command === "request-secret") {
        const secret = await options.passphrase?.(`${name}: ${Buffer.from(message.body).toString("utf8")}`);
        stream.write(secret === undefined ? stanza("fail") : stanzaOf(["ok"], Buffer.from(secret)));
      } else if (command === "request-public" || command === "confirm") {
        stream.write(stanza("fail"));
      } else {
        stream.write(stanza(talk.answer(message)));
      }
    }
    if (problem !== undefined) throw new Error(problem);
  } finally {
    child.stdin.end();
    child.stdout.destroy();
    if (child.pid !== undefined) child.kill();
  }
}

function stanza(...args: string[]): Stanza {
  return stanzaOf(args, new Uint8Array());
}

/** Made here, so that the class itself is loaded only where files are encrypted or decrypted. */
function stanzaOf(args: string[], body: Uint8Array): Stanza {
  return { args, body };
}
