import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";

const runningBelow = (directories: readonly string[]): string[] =>
  execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => directories.some((directory) => line.includes(directory)));

it("leaves no process when the test process is killed", async () => {
  const parent = spawn(process.execPath, [join(import.meta.dirname, "../test/fixtures/start-real.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [data] = (await once(parent.stdout, "data")) as [Buffer];
  const [serverConfig, kubeconfig] = JSON.parse(data.toString()) as [string, string];
  const directories = [dirname(dirname(serverConfig)), dirname(kubeconfig)];
  // SPIRE's two, etcd and the API server, each with its watchdog.
  expect(runningBelow(directories).length).toBeGreaterThanOrEqual(4);
  parent.kill("SIGKILL");
  const giveUp = Date.now() + 120_000;
  while (runningBelow(directories).length > 0 && Date.now() < giveUp) await delay(100);
  expect(runningBelow(directories)).toEqual([]);
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
