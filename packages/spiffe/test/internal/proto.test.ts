// The hand-written tables of messages against the code that buf generates from the proto file, both ways.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import { decode, type Message } from "../../src/internal/proto/message.ts";
import * as methods from "../../src/internal/workload-api/methods.ts";
import * as gen from "../gen/workloadapi_pb.ts";

const svid = {
  spiffeId: "spiffe://td/a",
  x509Svid: Buffer.of(1),
  x509SvidKey: Buffer.of(2),
  bundle: Buffer.of(3),
  hint: "h",
};
const jwt = { spiffeId: "spiffe://td/a", svid: "a.b.c", hint: "é" };
const claims = { sub: "s", exp: 1.5, ok: true, no: false, none: null, aud: ["a", ["b", { c: -0.25 }]], __proto: {} };

it("X509SVIDResponse", () => {
  const message = {
    svids: [svid, { ...svid, hint: "" }],
    crl: [Buffer.of(9), Buffer.of()],
    federatedBundles: { a: Buffer.of(4), "": Buffer.of() },
  };
  check(gen.X509SVIDResponseSchema, methods.x509SvidResponse, message);
});

it("X509BundlesResponse", () => {
  check(gen.X509BundlesResponseSchema, methods.x509BundlesResponse, {
    crl: [Buffer.of(1)],
    bundles: { a: Buffer.alloc(300, 7) },
  });
});

it("JWTSVIDRequest, JWTSVIDResponse, JWTBundlesResponse", () => {
  check(gen.JWTSVIDRequestSchema, methods.jwtSvidRequest, { audience: ["a", "", "b"], spiffeId: "spiffe://td/a" });
  check(gen.JWTSVIDResponseSchema, methods.jwtSvidResponse, { svids: [jwt, { ...jwt, hint: "" }] });
  check(gen.JWTBundlesResponseSchema, methods.jwtBundlesResponse, { bundles: { a: Buffer.from("{}") } });
});

it("ValidateJWTSVIDRequest, ValidateJWTSVIDResponse", () => {
  check(gen.ValidateJWTSVIDRequestSchema, methods.validateJwtSvidRequest, { audience: "a", svid: "b" });
  check(gen.ValidateJWTSVIDResponseSchema, methods.validateJwtSvidResponse, { spiffeId: "spiffe://td/a", claims });
});

it("skips fields that it does not know and those of another wire type", () => {
  const unknown = Buffer.from("a0060aa10601020304050607080a0161aa06020102a50601020304", "hex");
  expect(decode(methods.jwtSvidRequest, Buffer.concat([Buffer.of(8, 1), unknown]))).toEqual({
    audience: ["a"],
    spiffeId: "",
  });
});

it.each([
  ["ends inside a number", "0a80"],
  ["ends inside a field", "0a05616263"],
  ["holds a number that is too long", "80808080808080808080808001"],
  ["holds a field of wire type 3", "0b"],
])("a message that %s is refused", (fault, hex) => {
  expect(() => decode(methods.jwtSvidRequest, Buffer.from(hex, "hex"))).toThrow(`the message ${fault}`);
});

it("a message that holds a text that is no UTF-8 is refused", () => {
  expect(() => decode(methods.jwtSvidRequest, Buffer.from("0a02c328", "hex"))).toThrow(/not valid|UTF-8/i);
});

it("a message that nests deeply is refused; it does not exhaust the stack", () => {
  let nested = Buffer.of();
  for (let depth = 0; depth < 5000; depth += 1) {
    const list = Buffer.concat([Buffer.of(0x0a), length(nested), nested]);
    nested = Buffer.concat([Buffer.of(0x32), length(list), list]);
  }
  const entry = Buffer.concat([Buffer.of(0x0a, 1, 0x61, 0x12), length(nested), nested]);
  const struct = Buffer.concat([Buffer.of(0x0a), length(entry), entry]);
  const bytes = Buffer.concat([Buffer.of(0x12), length(struct), struct]);
  expect(() => decode(methods.validateJwtSvidResponse, bytes)).toThrow("nests too deeply");
});

it("a message of very many elements is refused", () => {
  const empty = Buffer.of(0x0a, 0);
  expect(() => decode(methods.x509SvidResponse, Buffer.concat(Array(10_001).fill(empty)))).toThrow(
    "more than 10000 fields",
  );
  const entry = Buffer.of(0x1a, 0);
  expect(() => decode(methods.x509SvidResponse, Buffer.concat(Array(10_001).fill(entry)))).toThrow(
    "more than 10000 fields",
  );
});

function length(bytes: Uint8Array): Buffer {
  const out: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return Buffer.from([...out, rest]);
}

function check(schema: Parameters<typeof create>[0], codec: unknown, message: object): void {
  const ours = codec as Message<object>;
  const theirs = create(schema, message as never);
  expect(plain(decode(ours, toBinary(schema, theirs)))).toEqual(plain(message));
  expect(plain(fromBinary(schema, ours.encode(message)))).toEqual(plain(theirs));
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each) => (key.startsWith("$") ? undefined : bytes(each))));
}

function bytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  const json = value as { type?: string; data?: number[] } | null;
  return json?.type === "Buffer" ? Buffer.from(json.data ?? []).toString("hex") : value;
}
