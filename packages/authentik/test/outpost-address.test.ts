import { expect, test } from "vitest";
import { outpostAddress, outpostEndpoint } from "../src/index.ts";

test("ForwardAuth goes to port 9000 of the outpost's Service, not to port 80 of the server's", () => {
  expect(outpostAddress({ outpost: "traefik", namespace: "security" })).toEqual({
    service: { name: "ak-outpost-traefik", namespace: "security", port: 9000 },
    url: "http://ak-outpost-traefik.security.svc.cluster.local:9000",
    traefik: "http://ak-outpost-traefik.security.svc.cluster.local:9000/outpost.goauthentik.io/auth/traefik",
    pathPrefix: "/outpost.goauthentik.io/",
  });
});

test("the embedded outpost has a Service of its own", () => {
  expect(outpostAddress({ namespace: "security" }).service.name).toBe("ak-outpost-authentik-embedded-outpost");
});

test("names become slugs, in the Service as in the labels of its pods", () => {
  const options = { outpost: "My Outpost!", namespace: "security" };
  expect(outpostAddress(options).service.name).toBe("ak-outpost-my-outpost");
  expect(outpostEndpoint(options)).toMatchObject({
    name: "ak-outpost-my-outpost",
    labels: { "app.kubernetes.io/managed-by": "goauthentik.io", "goauthentik.io/outpost-name": "my-outpost" },
  });
});
