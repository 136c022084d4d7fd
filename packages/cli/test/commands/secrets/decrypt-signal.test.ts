import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect, it } from "vitest";
import { start } from "../../support/run.ts";
import { runSops, sopsHome } from "../../support/sops.ts";

it.each(["SIGINT", "SIGTERM"] as const)(
  "%s while decrypt -i writes: it finishes, and nothing stays beside the file",
  async (signal) => {
    const home = await sopsHome({ "e.yaml": "token: s3cret\n" });
    await runSops(["encrypt", "-i", "e.yaml"], home);
    // A lock that is held makes it wait with the plaintext beside the file.
    const lock = home.path(".e.yaml.idstack-lock");
    writeFileSync(lock, `${hostname()} ${process.pid} x\n`);
    utimesSync(lock, Date.now() / 1000 + 3600, Date.now() / 1000 + 3600);
    const { child } = start(["secrets", "decrypt", "-i", "e.yaml"], home.folder, { env: home.env });
    const ended = new Promise((resolve) => child.once("close", (_, by) => resolve(by)));
    const plain = () => readdirSync(home.folder).find((name) => name.endsWith(".tmp")) ?? "none yet";
    await expect.poll(() => readFileSync(home.path(plain()), "utf8"), { timeout: 50_000 }).toBe("token: s3cret\n");
    child.kill(signal);
    rmSync(lock);
    expect(await ended).toBe(signal);
    expect(readFileSync(home.path("e.yaml"), "utf8")).toBe("token: s3cret\n");
    expect(readdirSync(home.folder).filter((name) => name.startsWith("."))).toEqual([".sops.yaml"]);
  },
);
