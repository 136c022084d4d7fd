import { SpiffeError, SpiffeId, TrustDomain } from "@idstack/spiffe";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
const inTrustDomain = /[a-z0-9._-]/;
const inSegment = /[a-zA-Z0-9._-]/;

describe("every byte value", () => {
  it.each(["spiffe://a?b/p", "spiffe://?/p", "spiffe://a?"])(
    "in the trust domain of %s is accepted iff SPIFFE-ID §2.1 lists it",
    (template) => {
      // A slash ends the trust domain, which is legal in the middle only if a path follows.
      for (const byte of bytes.filter((each) => each !== "/")) {
        expect(accepts(template.replace("?", byte)), JSON.stringify(byte)).toBe(inTrustDomain.test(byte));
      }
    },
  );

  it("in a path segment is accepted iff SPIFFE-ID §2.2 lists it", () => {
    for (const byte of bytes.filter((each) => each !== "/")) {
      expect(accepts(`spiffe://td/a${byte}b`), JSON.stringify(byte)).toBe(inSegment.test(byte));
    }
  });
});

describe("accepted", () => {
  it.each([
    ["the bare trust domain", "spiffe://homelab.internal"],
    ["a trust domain like an IPv4 address", "spiffe://192.168.1.10/web"],
    ["a trust domain of underscores and dashes", "spiffe://_-_/web"],
    ["dots in a segment", "spiffe://td/..."],
    ["upper case in the path", "spiffe://td/NS/Apps"],
    ["255 bytes of trust domain", `spiffe://${"a".repeat(255)}/web`],
    ["2048 bytes in all", `spiffe://td/${"p".repeat(2048 - "spiffe://td/".length)}`],
  ])("%s", (_, text) => {
    expect(SpiffeId.parse(text).toString()).toBe(text);
  });
});

describe("refused, the message naming the rule", () => {
  it.each([
    ["", "it is empty"],
    ["web", "the scheme has to be spiffe://"],
    ["https://td/web", "the scheme has to be spiffe://"],
    ["SPIFFE://td/web", "the scheme has to be spiffe://"],
    ["spiffe:/td/web", "the scheme has to be spiffe://"],
    ["spiffe://", "the trust domain is empty"],
    ["spiffe:///web", "the trust domain is empty"],
    ["spiffe://Td/web", "the trust domain has to be lower case"],
    ["spiffe://user@td/web", "userinfo is not allowed"],
    ["spiffe://td:443/web", "a port is not allowed"],
    ["spiffe://td:/web", "a port is not allowed"],
    ["spiffe://td?query", "a trust domain holds only lower-case letters, digits, dots, dashes and underscores"],
    ["spiffe://t%64/web", "a trust domain holds only lower-case letters, digits, dots, dashes and underscores"],
    ["spiffe://tä/web", "a trust domain holds only lower-case letters, digits, dots, dashes and underscores"],
    [`spiffe://${"a".repeat(256)}`, "the trust domain is longer than 255 bytes"],
    ["spiffe://td/", "a trailing slash is not allowed"],
    ["spiffe://td/web/", "a trailing slash is not allowed"],
    ["spiffe://td//web", "an empty path segment is not allowed"],
    ["spiffe://td/./web", "the path segments . and .. are not allowed"],
    ["spiffe://td/a/..", "the path segments . and .. are not allowed"],
    ["spiffe://td/w%65b", "a path segment holds only letters, digits, dots, dashes and underscores"],
    ["spiffe://td/web?q=1", "a path segment holds only letters, digits, dots, dashes and underscores"],
    ["spiffe://td/web#f", "a path segment holds only letters, digits, dots, dashes and underscores"],
    ["spiffe://td/wéb", "a path segment holds only letters, digits, dots, dashes and underscores"],
    [`spiffe://td/${"p".repeat(2048)}`, "it is longer than 2048 bytes"],
  ])("%s", (text, rule) => {
    const error = refusal(text);
    expect(error.code).toBe("invalid-spiffe-id");
    expect(error.message.endsWith(rule), error.message).toBe(true);
    expect(error.section).toMatch(/^SPIFFE-ID §2/);
  });

  it("something that is no string, as a caller's mistake", () => {
    expect(() => SpiffeId.parse(undefined as unknown as string)).toThrow(TypeError);
  });

  it("quotes a bounded part of hostile input", () => {
    expect(refusal(`spiffe://td/${"%".repeat(2000)}`).message.length).toBeLessThan(300);
  });
});

it("agrees with the grammar of the standard on arbitrary input", () => {
  const grammar = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/(?!\.{1,2}(?:\/|$))[a-zA-Z0-9._-]+)*$/;
  const piece = fc.constantFrom(
    "spiffe://",
    "spiffe:",
    "/",
    "//",
    ".",
    "..",
    "a",
    "B",
    "9",
    "_",
    "-",
    "%41",
    ":",
    "@",
    "?",
    "#",
    "é",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 12 }).map((all) => all.join("")),
        fc.string(),
      ),
      (text) => {
        for (const candidate of [text, `spiffe://${text}`, `spiffe://td/${text}`]) {
          expect(accepts(candidate), candidate).toBe(grammar.test(candidate) && candidate.length <= 2048);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

describe("every text of a few characters", () => {
  // SPIFFE-ID §2.1 to §2.3 as one expression, and the length of the whole.
  const grammar = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/(?!\.{1,2}(?:\/|$))[a-zA-Z0-9._-]+)*$/;
  const texts = function* (alphabet: readonly string[], length: number): Generator<string> {
    yield "";
    if (length === 0) return;
    for (const rest of texts(alphabet, length - 1)) for (const letter of alphabet) yield letter + rest;
  };
  const alphabet = ["a", "A", "0", ".", "-", "_", "/", ":", "@", "%", "?", "#", "é", "\0", "\n", " "];
  const length = process.env["IDSTACK_LONG"] ? 4 : 3;

  it.each([
    ["after the scheme", "spiffe://"],
    ["in the path", "spiffe://td/"],
    ["as the scheme", ""],
    ["after a path", "spiffe://td/web"],
  ])("%s is read iff the grammar says so", (_, start) => {
    let wrong = 0;
    for (const end of texts(alphabet, length)) if (accepts(start + end) !== grammar.test(start + end)) wrong += 1;
    expect(wrong).toBe(0);
  });

  it("is a trust domain iff the grammar says so", () => {
    const name = /^(?:spiffe:\/\/)?[a-z0-9._-]{1,255}$/;
    const wrong = [...texts(alphabet, length)].filter((text) => {
      try {
        return TrustDomain.parse(text).name === "" || !name.test(text);
      } catch {
        return name.test(text);
      }
    });
    expect(wrong).toEqual([]);
  });

  it("keeps its meaning: what is read is printed as it was, and its parts put it together again", () => {
    for (const end of texts(["a", "B", ".", "/"], 5)) {
      const text = `spiffe://td/${end}`;
      if (!accepts(text)) continue;
      const id = SpiffeId.parse(text);
      expect(`${id}`).toBe(text);
      expect(`${SpiffeId.of(id.trustDomain, id.path)}`).toBe(text);
    }
  });
});

it.each([2047, 2048, 2049])("%i bytes: 2048 is the limit of the whole ID, whoever spends them", (length) => {
  const long = "spiffe://td/".padEnd(length, "p");
  const segments = `spiffe://${"t".repeat(255)}${"/s".repeat(1000)}`.slice(0, length - 2).concat("xx");
  for (const text of [long, segments]) expect(accepts(text)).toBe(length <= 2048);
  if (length > 2048) expect(() => SpiffeId.of("td", long.slice("spiffe://td".length))).toThrow(SpiffeError);
});

it("puts IDs together, compares them and prints them as text", () => {
  const domain = TrustDomain.parse("homelab.internal");
  const id = SpiffeId.of(domain, "/web");
  expect(id.equals(SpiffeId.parse("spiffe://homelab.internal/web"))).toBe(true);
  expect(id.equals(SpiffeId.parse("spiffe://homelab.internal/web2"))).toBe(false);
  expect(id.equals(SpiffeId.parse("spiffe://homelab.internal2/web"))).toBe(false);
  expect(id.memberOf(domain)).toBe(true);
  expect(JSON.stringify({ id, domain })).toBe('{"id":"spiffe://homelab.internal/web","domain":"homelab.internal"}');
  expect(() => SpiffeId.of("homelab.internal", "web")).toThrow(SpiffeError);
});

it("reads a trust domain from its name or ID, and from nothing else", () => {
  expect(TrustDomain.parse("spiffe://homelab.internal").name).toBe("homelab.internal");
  for (const text of ["", "Homelab", "spiffe://td/path", "td/", "https://td", "a b"]) {
    expect(() => TrustDomain.parse(text), text).toThrow(expect.objectContaining({ code: "invalid-trust-domain" }));
  }
});

function accepts(text: string): boolean {
  try {
    SpiffeId.parse(text);
    return true;
  } catch {
    return false;
  }
}

function refusal(text: string): SpiffeError {
  try {
    SpiffeId.parse(text);
  } catch (error) {
    if (error instanceof SpiffeError) return error;
  }
  throw new Error(`${text} was accepted`);
}
