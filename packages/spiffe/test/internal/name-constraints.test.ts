import { describe, expect, it } from "vitest";
import { DerError, readElement } from "../../src/internal/der/reader.ts";
import * as der from "../../src/internal/der/writer.ts";
import { FORM } from "../../src/internal/x509/general-names.ts";
import {
  constraintFault,
  type NameConstraints,
  readNameConstraints,
} from "../../src/internal/x509/name-constraints.ts";

const name = (form: number, value: string | Buffer) => ({ form, value: Buffer.from(value as string) });
const uri = (text: string) => name(FORM.uri, text);
const dns = (text: string) => name(FORM.dns, text);
const ip = (hex: string) => name(FORM.ip, Buffer.from(hex, "hex"));

function verdict(
  constraints: Partial<NameConstraints>,
  names: readonly ReturnType<typeof name>[],
  subject: { readonly subjectIsEmpty?: boolean; readonly subjectHasEmail?: boolean } = {},
): string {
  const rules = { critical: true, permitted: [], excluded: [], ...constraints };
  return constraintFault(rules, { names, subjectIsEmpty: true, subjectHasEmail: false, ...subject })?.code ?? "fine";
}

const broken = "name-constraints";

describe("URIs", () => {
  it("a host is permitted: itself and nothing else", () => {
    const permitted = [uri("a.example")];
    expect(verdict({ permitted }, [uri("spiffe://a.example/web")])).toBe("fine");
    expect(verdict({ permitted }, [uri("spiffe://A.EXAMPLE/web")])).toBe("fine");
    for (const host of ["b.example", "x.a.example", "a.example.org", "xa.example"]) {
      expect(verdict({ permitted }, [uri(`spiffe://${host}/web`)]), host).toBe(broken);
    }
  });

  it("a domain is permitted: what is below it, not itself", () => {
    const permitted = [uri(".example")];
    expect(verdict({ permitted }, [uri("spiffe://a.example/web")])).toBe("fine");
    expect(verdict({ permitted }, [uri("spiffe://a.b.example/web")])).toBe("fine");
    for (const host of ["example", "a.example.org", "aexample"]) {
      expect(verdict({ permitted }, [uri(`spiffe://${host}/web`)]), host).toBe(broken);
    }
  });

  it("excluded counts before permitted", () => {
    const constraints = { permitted: [uri(".example")], excluded: [uri("a.example")] };
    expect(verdict(constraints, [uri("spiffe://b.example/")])).toBe("fine");
    expect(verdict(constraints, [uri("spiffe://a.example/")])).toBe(broken);
    expect(verdict({ excluded: [uri("")] }, [uri("spiffe://a.example/")])).toBe(broken);
  });

  it("every URI has to be permitted, and one permission is enough", () => {
    const permitted = [uri("a.example"), uri("b.example")];
    expect(verdict({ permitted }, [uri("spiffe://a.example/x"), uri("https://b.example:443/y?z#q")])).toBe("fine");
    expect(verdict({ permitted }, [uri("spiffe://a.example/x"), uri("https://c.example/y")])).toBe(broken);
  });

  it.each(["spiffe://10.0.0.1/web", "spiffe://[::1]/web", "spiffe:/web", "urn:x:y", "spiffe:///web", ""])(
    "a host that is no domain name cannot be judged",
    (text) => {
      expect(verdict({ excluded: [uri("a.example")] }, [uri(text)]), text).toBe(broken);
      expect(verdict({ permitted: [uri("")] }, [uri(text)]), text).toBe(broken);
      expect(verdict({ permitted: [dns("a.example")] }, [uri(text)]), text).toBe("fine");
    },
  );
});

describe("DNS names", () => {
  it("a domain covers itself and what is below it", () => {
    const permitted = [dns("a.example")];
    for (const text of ["a.example", "x.a.example", "*.a.example", "X.A.Example"]) {
      expect(verdict({ permitted }, [dns(text)]), text).toBe("fine");
      expect(verdict({ excluded: permitted }, [dns(text)]), text).toBe(broken);
    }
    for (const text of ["b.example", "xa.example", "example"]) {
      expect(verdict({ permitted }, [dns(text)]), text).toBe(broken);
      expect(verdict({ excluded: permitted }, [dns(text)]), text).toBe("fine");
    }
  });

  it("a wildcard that would stand for an excluded name is excluded", () => {
    expect(verdict({ excluded: [dns("a.example")] }, [dns("*.example")])).toBe(broken);
    expect(verdict({ permitted: [dns("a.example")] }, [dns("*.example")])).toBe(broken);
  });

  it("nothing stands for everything", () => {
    expect(verdict({ permitted: [dns("")] }, [dns("a.example")])).toBe("fine");
    expect(verdict({ excluded: [dns("")] }, [dns("a.example")])).toBe(broken);
  });
});

describe("IP addresses", () => {
  it("are compared under the mask", () => {
    const permitted = [ip("0a000000ff000000")];
    expect(verdict({ permitted }, [ip("0a010203")])).toBe("fine");
    expect(verdict({ permitted }, [ip("0b010203")])).toBe(broken);
    expect(verdict({ excluded: permitted }, [ip("0a010203")])).toBe(broken);
    expect(verdict({ permitted: [ip(`${"00".repeat(32)}`)] }, [ip(`${"0".repeat(31)}1`)])).toBe("fine");
    // An address of the other version is not permitted, and not excluded.
    expect(verdict({ permitted }, [ip("00".repeat(16))])).toBe(broken);
    expect(verdict({ excluded: permitted }, [ip("00".repeat(16))])).toBe("fine");
  });
});

describe("kinds that are not compared", () => {
  const email = name(FORM.email, "a@b.c");
  it("refuse where such a name occurs and the constraint is critical", () => {
    const unsupported = "name-constraints-unsupported";
    const directory = { permitted: [name(FORM.directory, "")] };
    expect(verdict(directory, [], { subjectIsEmpty: false })).toBe(unsupported);
    expect(verdict(directory, [name(FORM.directory, "")])).toBe(unsupported);
    expect(verdict({ excluded: [email] }, [email])).toBe(unsupported);
    expect(verdict({ excluded: [email] }, [], { subjectHasEmail: true })).toBe(unsupported);
    for (const form of [0, 3, 5, 8])
      expect(verdict({ excluded: [name(form, "x")] }, [name(form, "y")])).toBe(unsupported);
  });

  it("and nowhere else", () => {
    expect(verdict({ permitted: [name(FORM.directory, "")] }, [uri("spiffe://a/b")])).toBe("fine");
    expect(verdict({ critical: false, excluded: [email] }, [email])).toBe("fine");
  });
});

describe("reading", () => {
  const read = (bytes: Buffer) => readNameConstraints(readElement(bytes), true);
  const subtree = (...content: Buffer[]): Buffer => der.sequence(...content);
  const host = der.context(6, false, Buffer.from("a"));

  it("takes permitted and excluded subtrees", () => {
    const { permitted, excluded } = read(
      der.sequence(der.context(0, true, subtree(host)), der.context(1, true, subtree(host), subtree(host))),
    );
    expect([permitted.length, excluded.length]).toEqual([1, 2]);
  });

  it.each([
    ["nothing", der.sequence()],
    ["no subtrees", der.sequence(der.context(0, true))],
    ["a range", der.sequence(der.context(0, true, subtree(host, der.context(0, false, Buffer.from([1])))))],
    ["a third part", der.sequence(der.context(0, true, subtree(host)), der.context(2, true))],
    ["the parts in reverse", der.sequence(der.context(1, true, subtree(host)), der.context(0, true, subtree(host)))],
    ["an empty subtree", der.sequence(der.context(0, true, subtree()))],
    ["a name that is not ASCII", der.sequence(der.context(0, true, subtree(der.context(6, false, Buffer.from("é")))))],
    ["a host that is none", der.sequence(der.context(0, true, subtree(der.context(6, false, Buffer.from("a b")))))],
    ["a tag of no name", der.sequence(der.context(0, true, subtree(der.utf8String("a"))))],
    ["a host in pieces", der.sequence(der.context(0, true, subtree(der.context(6, true, der.utf8String("a")))))],
    ["a form of the future", der.sequence(der.context(0, true, subtree(der.context(9, false))))],
    ["an address without a mask", der.sequence(der.context(0, true, subtree(der.context(7, false, Buffer.alloc(4)))))],
    [
      "a mask with holes",
      der.sequence(der.context(0, true, subtree(der.context(7, false, Buffer.from("0a000000ff00ff00", "hex"))))),
    ],
  ])("refuses %s", (_, bytes) => {
    expect(() => read(bytes)).toThrow(DerError);
  });
});
