import { type Authorize, exact, memberOf, oneOf, pathPrefix, SpiffeError, SpiffeId } from "@idstack/spiffe";
import { describe, expect, it } from "vitest";
import { authorizer } from "../../src/id/authorize.ts";

const web = "spiffe://homelab.internal/ns/apps/sa/web";
const api = "spiffe://homelab.internal/ns/apps/sa/api";
const foreign = "spiffe://other.internal/ns/apps/sa/web";

describe("admits and refuses", () => {
  it.each<[string, Authorize, string[], string[]]>([
    ["a list of IDs", [web, api], [web, api], [foreign, `${web}2`]],
    ["SpiffeId objects", [SpiffeId.parse(web)], [web], [api]],
    ["exact", exact(web), [web], [api, foreign]],
    ["oneOf", oneOf(web, api), [web, api], [foreign]],
    ["memberOf", memberOf("homelab.internal"), [web, api], [foreign]],
    [
      "pathPrefix",
      pathPrefix("spiffe://homelab.internal/ns/apps"),
      [web, api, "spiffe://homelab.internal/ns/apps"],
      [
        foreign,
        "spiffe://homelab.internal/ns/apps2",
        "spiffe://homelab.internal/ns/apps-test/sa/web",
        "spiffe://homelab.internal/ns",
        "spiffe://homelab.internal/NS/apps/sa/web",
        "spiffe://homelab.internal2/ns/apps/sa/web",
        "spiffe://x.homelab.internal/ns/apps/sa/web",
      ],
    ],
    ["a predicate", (id) => id.path.endsWith("/web"), [web, foreign], [api]],
    ["a mixed list", [memberOf("other.internal"), api], [api, foreign], [web]],
    ["an empty list: nobody", [], [], [web, api, foreign]],
  ])("%s", (_, authorize, admitted, refused) => {
    const check = authorizer(authorize);
    for (const id of admitted) expect(() => check(SpiffeId.parse(id)), id).not.toThrow();
    for (const id of refused) {
      expect(() => check(SpiffeId.parse(id)), id).toThrow(
        expect.objectContaining({ code: "unauthorized", spiffeId: id }),
      );
    }
  });

  it("nobody on an error of a predicate", () => {
    const check = authorizer(() => {
      throw new Error("database away");
    });
    expect(() => check(SpiffeId.parse(web))).toThrow("database away");
  });

  it("as matchers of a list do one by one, whatever the ID", () => {
    const matchers = [exact(web), memberOf("other.internal"), pathPrefix("spiffe://homelab.internal/ns/apps")];
    for (const text of [web, api, foreign, "spiffe://homelab.internal/ns", "spiffe://third.internal/ns/apps"]) {
      const id = SpiffeId.parse(text);
      const admitted = matchers.some((matches) => matches(id));
      if (admitted) authorizer(matchers)(id);
      else expect(() => authorizer(matchers)(id)).toThrow(SpiffeError);
    }
  });

  it("only on true: a predicate that answers with a promise admits nobody", () => {
    const check = authorizer((async () => true) as unknown as () => boolean);
    expect(() => check(SpiffeId.parse(web))).toThrow(SpiffeError);
  });

  it("whoever was in the list at the start: changing it later changes nothing", () => {
    const list = [web];
    const check = authorizer(list);
    list.push(foreign);
    expect(() => check(SpiffeId.parse(foreign))).toThrow(SpiffeError);
    list.length = 0;
    expect(() => check(SpiffeId.parse(web))).not.toThrow();
  });

  it("nor does a promise that is rejected end the process, alone or in a list", async () => {
    const asks = (async () => Promise.reject(new Error("down"))) as unknown as () => boolean;
    for (const authorize of [asks, [asks, web]] satisfies Authorize[]) {
      expect(() => authorizer(authorize)(SpiffeId.parse(web))).toThrow(
        `${web} is not authorized: what asks() admits is a promise: a predicate has to answer true or false at once`,
      );
    }
    // An unhandled rejection would fail this run.
    await new Promise(setImmediate);
  });
});

it("names whom it expected", () => {
  const message = (authorize: Authorize): string => {
    try {
      authorizer(authorize)(SpiffeId.parse(foreign));
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(message([web, memberOf("x.internal")])).toBe(
    `${foreign} is not authorized: expected ${web}, any member of spiffe://x.internal`,
  );
  expect(message(pathPrefix("spiffe://x.internal/ns"))).toBe(
    `${foreign} is not authorized: expected spiffe://x.internal/ns or below`,
  );
  expect(message([])).toBe(`${foreign} is not authorized: expected nobody`);
  expect(
    message(function onlyAdmins() {
      return false;
    }),
  ).toBe(`${foreign} is not authorized: expected what onlyAdmins() admits`);
});

describe("a caller's mistake is a TypeError at once", () => {
  it.each<[string, () => unknown]>([
    ["a misspelt ID", () => authorizer(["spiffe://Homelab/web"])],
    ["a trust domain where a workload is meant", () => authorizer(["spiffe://homelab.internal"])],
    ["nothing at all", () => authorizer(undefined as unknown as Authorize)],
    ["a plain string", () => authorizer(web as unknown as Authorize)],
    ["memberOf nothing", () => memberOf(undefined as unknown as string)],
    ["pathPrefix without a path", () => pathPrefix("spiffe://homelab.internal")],
    ["pathPrefix with a trailing slash", () => pathPrefix("spiffe://homelab.internal/ns/")],
    ["memberOf a bad name", () => memberOf("Homelab")],
  ])("%s", (_, act) => {
    expect(act).toThrow(TypeError);
  });
});
