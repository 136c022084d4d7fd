import { readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { startDevWorkloadApi } from "@idstack/spiffe/dev";
import { expect, it } from "vitest";
import { prepareDevFolder, socketName, stateFolder } from "../../src/internal/dev-folder.ts";
import { temporary } from "../support/home.ts";

it("gives one CA to all that start at the same time", async () => {
  const parent = join(temporary(), "dev");
  const directory = join(parent, "homelab.internal");
  const authorities = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      await prepareDevFolder(directory, "homelab.internal");
      await using agent = await startDevWorkloadApi({
        trustDomain: "homelab.internal",
        identities: { [`web-${index}`]: "/web" },
        directory,
      });
      return agent.bundle.x509.authorities.join("");
    }),
  );
  expect(new Set(authorities).size).toBe(1);
  expect(readdirSync(parent)).toEqual(["homelab.internal"]);
  expect(statSync(parent).mode & 0o777).toBe(0o700);
});

it("keeps state where XDG says; relative paths do not count", () => {
  const td = "homelab.internal";
  expect(stateFolder({ XDG_STATE_HOME: "/state", HOME: "/home/me" }, td)).toBe("/state/idstack/dev/homelab.internal");
  for (const XDG_STATE_HOME of ["", "state", undefined]) {
    expect(stateFolder({ XDG_STATE_HOME, HOME: "/home/me" }, td)).toBe(
      "/home/me/.local/state/idstack/dev/homelab.internal",
    );
  }
  expect(stateFolder({}, td)).toBe(join(homedir(), ".local/state/idstack/dev/homelab.internal"));
});

it("names sockets after the workload, one for a process or one for an ID", () => {
  const name = (id: string, shared: boolean) => socketName("/state", id, { shared });
  expect(name("spiffe://a/ns/apps/sa/web", true)).toBe(`web-${process.pid}`);
  expect(name("spiffe://a/ns/apps/sa/web", false)).toMatch(/^web-[0-9a-f]{8}$/);
  expect(name("spiffe://a/ns/apps/sa/web", false)).not.toBe(name("spiffe://a/ns/media/sa/web", false));
  expect(name(`spiffe://a/${"x".repeat(2000)}`, true)).toBe(`${"x".repeat(24)}-${process.pid}`);
  expect(name("spiffe://a/_-.web", true)).toBe(`web-${process.pid}`);
  expect(name("spiffe://a/__", true)).toBe(`id-${process.pid}`);
});
