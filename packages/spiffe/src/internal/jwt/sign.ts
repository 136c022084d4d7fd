import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { curveOf, type JwtAlgorithm, sign } from "./algorithms.ts";

/** A fresh key pair that fits an algorithm. */
export function newJwtKey(alg: JwtAlgorithm): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  const curve = curveOf(alg);
  return curve === undefined
    ? generateKeyPairSync("rsa", { modulusLength: 2048 })
    : generateKeyPairSync("ec", { namedCurve: curve });
}

/** A compact serialization of any header and any claims, which may be a text that is no JSON. */
export function signJwt(alg: JwtAlgorithm, privateKey: KeyObject, header: object, claims: object | string): string {
  const payload = typeof claims === "string" ? claims : JSON.stringify(claims);
  const signed = `${encode(JSON.stringify(header))}.${encode(payload)}`;
  return `${signed}.${sign(alg, privateKey, Buffer.from(signed)).toString("base64url")}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}
