import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface TransitServer extends AsyncDisposable {
  /** Of the key `sops` in the engine `transit`. */
  readonly uri: string;
  /** `METHOD path` of each request. */
  readonly requests: readonly string[];
}

/** Speaks the documented API of Vault's transit engine: encrypt and decrypt, one key, one token. */
export async function transitServer(token: string): Promise<TransitServer> {
  const key = randomBytes(32);
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const send = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.headers["x-vault-token"] !== token) return send(403, { errors: ["permission denied"] });
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
    if (request.url === "/v1/transit/encrypt/sops") {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      const sealed = Buffer.concat([
        iv,
        cipher.update(Buffer.from(body.plaintext, "base64")),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return send(200, { data: { ciphertext: `vault:v1:${sealed.toString("base64")}`, key_version: 1 } });
    }
    if (request.url === "/v1/transit/decrypt/sops") {
      try {
        const sealed = Buffer.from(body.ciphertext.replace("vault:v1:", ""), "base64");
        const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
        decipher.setAuthTag(sealed.subarray(-16));
        const plaintext = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
        return send(200, { data: { plaintext: plaintext.toString("base64") } });
      } catch {
        return send(400, { errors: ["invalid ciphertext: canary"] });
      }
    }
    return send(404, { errors: [] });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}/v1/transit/keys/sops`,
    requests,
    [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
