import { describe, expect, it } from "vitest";
import { checkImage, parseImage } from "../src/index.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("image references", () => {
  it.each([
    ["nginx", { repository: "nginx" }],
    ["nginx:1.27", { repository: "nginx", tag: "1.27" }],
    ["localhost:5000/me/web", { repository: "localhost:5000/me/web" }],
    ["localhost:5000/web:1", { repository: "localhost:5000/web", tag: "1" }],
    [`ghcr.io/me/web:1.4.2@${digest}`, { repository: "ghcr.io/me/web", tag: "1.4.2", digest }],
    [`ghcr.io/me/web@${digest}`, { repository: "ghcr.io/me/web", digest }],
  ])("splits %s", (image, parts) => expect(parseImage(image)).toEqual(parts));

  it.each(["", "a b", "web:", "web@", "web@sha256:123", "https://ghcr.io/me/web", "web:1:2", "/web"])(
    "knows that %o is none",
    (image) => expect(parseImage(image)).toBeUndefined(),
  );

  it.each([
    ["nginx", "image-untagged", "error"],
    ["nginx:latest", "image-untagged", "error"],
    ["nginx:1.27", "image-without-digest", "warning"],
    ["web@sha256:123", "image-invalid", "error"],
  ])("finds fault with %s: %s", (image, code, severity) => {
    expect(checkImage(image, "services.web.image")).toMatchObject([
      { code: `cluster/${code}`, severity, path: "services.web.image" },
    ]);
  });

  it("is content with a digest", () => {
    expect(checkImage(`nginx:1.27@${digest}`)).toEqual([]);
    expect(checkImage(`nginx:latest@${digest}`)).toEqual([]);
  });
});
