import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A PATH on which `age-plugin-example` is found. */
export const PLUGIN_PATH = [
  fileURLToPath(new URL(".", import.meta.url)),
  dirname(process.execPath),
  process.env["PATH"],
].join(delimiter);
/** Keys of the example plugin; their content is nothing. */
export const PLUGIN = { recipient: bech32("age1example"), identity: bech32("age-plugin-example-").toUpperCase() };

/** An ssh key pair made by ssh-keygen. */
export function sshKeyPair(
  folder: string,
  type: "ed25519" | "rsa",
  ...args: string[]
): { identity: string; recipient: string } {
  const file = join(folder, `id_${type}`);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "me@example.com", "-f", file, ...args]);
  return { identity: readFileSync(file, "utf8"), recipient: readFileSync(`${file}.pub`, "utf8").trim() };
}

function bech32(prefix: string): string {
  const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  const polymod = (values: number[]) =>
    values.reduce((sum, value) => {
      const next = ((sum & 0x1ffffff) << 5) ^ value;
      return [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].reduce(
        (all, generator, bit) => (((sum >>> 25) >>> bit) & 1 ? all ^ generator : all),
        next,
      );
    }, 1);
  const codes = [...prefix].map((char) => char.charCodeAt(0));
  const head = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
  const sum = polymod([...head, 0, 0, 0, 0, 0, 0]) ^ 1;
  return `${prefix}1${[25, 20, 15, 10, 5, 0].map((shift) => charset[(sum >> shift) & 31]).join("")}`;
}
