import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EventLines } from "../../src/internal/event-lines.ts";
import { JsonLines } from "../../src/internal/json-lines.ts";
import { SupervisedProcess } from "../../src/internal/supervised-process.ts";
import { temporaryDirectory } from "../fixtures/temporary.ts";

const directory = temporaryDirectory();
let count = 0;
const node = (script: string): Promise<SupervisedProcess> =>
  SupervisedProcess.start({
    name: "peer",
    program: process.execPath,
    args: ["-e", script],
    logFile: join(directory, `${count++}.log`),
    stdio: "pipe",
  });

/** Answers pairs of requests in reverse order. */
const reversing = `
  const lines = require("readline").createInterface({ input: process.stdin });
  let held;
  lines.on("line", (line) => {
    const request = JSON.parse(line);
    if (request.end) { console.error("giving up"); process.exit(4); }
    const answer = JSON.stringify({ id: request.id, double: 2 * request.value });
    if (held === undefined) held = answer;
    else { console.log(answer); console.log(held); held = undefined; }
  });`;

describe("JsonLines", () => {
  it("matches answers with requests whatever their order", async () => {
    await using child = await node(reversing);
    const lines = new JsonLines(child);
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((value) => lines.request({ value })));
    expect(answers.map((answer) => (answer as { double: number }).double)).toEqual([2, 4, 6, 8, 10, 12]);
  });

  it("rejects what is under way when the program ends, with its last words", async () => {
    await using child = await node(reversing);
    const lines = new JsonLines(child);
    const failure = { code: "stopped", message: "peer ended (exit code 4)\nlast lines of peer:\n  giving up" };
    const first = lines.request({ value: 1 });
    const second = lines.request({ end: true });
    await expect(first).rejects.toMatchObject(failure);
    await expect(second).rejects.toMatchObject(failure);
    await expect(lines.request({ value: 2 })).rejects.toMatchObject(failure);
  });

  it.each([
    ["what is not JSON", "oops"],
    ["an answer to nobody", '{"id":77}'],
  ])("fails with %s", async (_, line) => {
    await using child = await node(
      `process.stdin.once("data", () => console.log('${line}')); setTimeout(() => {}, 60000)`,
    );
    await expect(new JsonLines(child).request({})).rejects.toMatchObject({ code: "request-failed" });
  });
});

describe("EventLines", () => {
  it("finds events of the past and of the future", async () => {
    await using child = await node(`
      console.log('{"event":"listening"}');
      process.stdin.once("data", () => console.log('{"event":"request"}'));`);
    const events = new EventLines<{ event: string }>(child);
    await events.find((each) => each.event === "listening");
    const later = events.find((each) => each.event === "request");
    child.stdin?.write("x");
    expect(await later).toEqual({ event: "request" });
    expect(events.all).toHaveLength(2);
  });

  it("fails when the program ends before, or time is over", async () => {
    await using ended = await node(`console.log('{"event":"other"}')`);
    await expect(new EventLines(ended).find(() => false)).rejects.toMatchObject({
      code: "stopped",
      message: expect.stringContaining('it told [{"event":"other"}]'),
    });
    await using silent = await node("setTimeout(() => {}, 60000)");
    await expect(new EventLines(silent).find(() => false, 20)).rejects.toMatchObject({ code: "not-ready" });
  });
});
