import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { MasterKey } from "./master-key.ts";

export interface VaultOptions {
  /** Default: `VAULT_TOKEN`, else the file `~/.vault-token`, as the vault program leaves it. Read for each request. */
  readonly token?: (() => string | Promise<string>) | undefined;
  /** Of Vault Enterprise. Default `VAULT_NAMESPACE`. */
  readonly namespace?: string | undefined;
  /** Milliseconds. Default 30,000. */
  readonly timeout?: number | undefined;
}

/**
 * A key of HashiCorp Vault's (or OpenBao's) transit engine as a {@link MasterKey}: the data key goes to Vault to be
 * wrapped and unwrapped, and Vault's own policies say who may.
 *
 * @param uri As sops takes it: `https://vault.example:8200/v1/transit/keys/sops`.
 * @throws TypeError when the address is none.
 *
 * @example
 * import { vaultTransit } from "@idstack/sops";
 * console.log(vaultTransit("https://vault.example:8200/v1/transit/keys/sops").id["key_name"]); // sops
 */
export function vaultTransit(uri: string, options: VaultOptions = {}): MasterKey {
  const [, address, engine, name] = /^(https?:\/\/[^/?#]+)\/v1\/([^?#]+)\/keys\/([^/?#]+)$/.exec(uri) ?? [];
  if (address === undefined || engine === undefined || name === undefined) {
    throw new TypeError("a transit key is named like https://vault.example:8200/v1/transit/keys/NAME");
  }
  const request = async (act: "encrypt" | "decrypt", body: object, field: string): Promise<string> => {
    const namespace = options.namespace ?? process.env["VAULT_NAMESPACE"];
    const token = await (options.token ?? defaultToken)();
    const response = await fetch(`${address}/v1/${engine}/${act}/${name}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-vault-request": "true",
        "x-vault-token": token,
        ...(namespace ? { "x-vault-namespace": namespace } : {}),
      },
      body: JSON.stringify(body),
      // A redirect would carry the token to another host.
      redirect: "error",
      signal: AbortSignal.timeout(options.timeout ?? 30_000),
    }).catch(() => {
      throw new Error(`${address} cannot be reached`);
    });
    if (!response.ok) throw new Error(`Vault answered ${response.status}${hint(response.status)}`);
    const answer: unknown = await response.json().catch(() => undefined);
    const value = fieldOf(fieldOf(answer, "data"), field);
    if (typeof value !== "string" || value === "") throw new Error("Vault's answer is not one of the transit engine");
    return value;
  };
  return {
    kind: "hc_vault",
    id: { vault_address: address, engine_path: engine, key_name: name },
    wrap: (key) => request("encrypt", { plaintext: Buffer.from(key).toString("base64") }, "ciphertext"),
    unwrap: async (enc) => Buffer.from(await request("decrypt", { ciphertext: enc }, "plaintext"), "base64"),
  };
}

async function defaultToken(): Promise<string> {
  const token = process.env["VAULT_TOKEN"];
  if (token) return token;
  try {
    return (await readFile(join(homedir(), ".vault-token"), "utf8")).trim();
  } catch {
    throw new Error("there is no token: set VAULT_TOKEN, or log in with the vault program");
  }
}

function hint(status: number): string {
  if (status === 403) return ": the token is not valid or its policies do not allow it";
  return status === 404 || status === 400 ? ": there may be no such key or engine" : "";
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
