import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { CiliumAnswer, CiliumRequest } from "./protocol.ts";

/** Cilium's engine, answering requests in the order in which they were asked. */
export interface Oracle extends AsyncDisposable {
  ask(request: CiliumRequest): Promise<CiliumAnswer>;
}

export function startOracle(): Oracle {
  const program = process.env["CILIUM_POLICY"];
  if (program === undefined) throw new Error("CILIUM_POLICY is not set");
  const child = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting: { resolve: (answer: CiliumAnswer) => void; reject: (error: Error) => void }[] = [];
  let dead: Error | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.resolve(JSON.parse(line)));
  child.on("exit", (code, signal) => {
    dead = new Error(`cilium-policy ended (${code ?? signal})`);
    for (const { reject } of waiting.splice(0)) reject(dead);
  });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (dead !== undefined) return reject(dead);
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(request)}\n`);
      }),
    [Symbol.asyncDispose]: async () => {
      if (dead !== undefined) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.stdin.end();
      await ended;
    },
  };
}
