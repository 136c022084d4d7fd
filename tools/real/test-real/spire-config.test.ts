import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestCa } from "@idstack/spiffe/testing";
import {
  type AgentConfigOptions,
  agentConfig,
  checkAgentConfig,
  checkServerConfig,
  type ServerConfigOptions,
  serverConfig,
} from "@idstack/spire";
import { afterAll, describe, expect, it } from "vitest";
import { AGENT_SETTINGS, SERVER_SETTINGS } from "../../../packages/spire/src/internal/settings.ts";
import { recordEvidence } from "../src/index.ts";
import { agentVariants } from "./spire/agent-variants.ts";
import { serverVariants } from "./spire/server-variants.ts";
import { type Program, validateText } from "./spire/validate.ts";
import { stricterThanSpire, wrongAgents, wrongServers } from "./spire/wrong-configurations.ts";

const counts = { files: 0, different: 0 };

/** Asks the real program; the test fails, and is counted, when the answer is another one. */
async function judged(program: Program, text: string, accepted: boolean, says = /file is valid/): Promise<void> {
  counts.files += 1;
  counts.different += 1;
  expect(await validateText(program, text)).toEqual({ accepted, said: expect.stringMatching(says) });
  counts.different -= 1;
}

afterAll(() =>
  recordEvidence({
    component: "spire",
    proves: "validate agrees with @idstack/spire about every option, wrong ones too",
    checked: counts.files,
    unit: "files",
    mismatches: counts.different,
  }),
);

describe("serverConfig", () => {
  it.each(Object.entries(serverVariants))("SPIRE accepts %s", async (_, options) => {
    expect(checkServerConfig(options)).toEqual([]);
    await judged("spire-server", serverConfig(options), true);
  });

  it("SPIRE accepts a bundle endpoint with a web certificate, which has to be there", async () => {
    const { certificates, privateKey } = new TestCa("homelab.internal").svid("/spire/server");
    const directory = await mkdtemp(join(tmpdir(), "ids-cert-"));
    const [cert, key] = [join(directory, "tls.crt"), join(directory, "tls.key")];
    const sound = serverVariants["join tokens"] as ServerConfigOptions;
    const text = serverConfig({ ...sound, federation: { endpoint: { servingCert: { cert, key } } } });
    try {
      await judged("spire-server", text, false, /no such file or directory/);
      await writeFile(cert, String(certificates[0]));
      await writeFile(key, privateKey.export({ format: "pem", type: "pkcs8" }));
      await judged("spire-server", text, true);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it.each(wrongServers)("both refuse $what", async ({ options, code, wrong, says }) => {
    expect(checkServerConfig(options).map((finding) => `${finding.severity} ${finding.code}`)).toContain(
      `error ${code}`,
    );
    await judged("spire-server", wrong, false, says);
  });

  it.each(stricterThanSpire)("refuses $what, which SPIRE takes", async ({ options, code, wrong }) => {
    expect(checkServerConfig(options).map((finding) => `${finding.severity} ${finding.code}`)).toContain(
      `error ${code}`,
    );
    await judged("spire-server", wrong, true);
  });

  it.each(SERVER_SETTINGS)("SPIRE knows the setting %s", async (name) => {
    expect(await knows("spire-server", serverConfig(serverVariants["join tokens"] as ServerConfigOptions), name)).toBe(
      true,
    );
  });
});

describe("agentConfig", () => {
  it.each(Object.entries(agentVariants))("SPIRE accepts %s", async (_, options) => {
    await judged("spire-agent", agentConfig(options), true);
  });

  it.each(wrongAgents)("both refuse $what", async ({ options, code, wrong, says }) => {
    expect(checkAgentConfig(options).map((finding) => `${finding.severity} ${finding.code}`)).toContain(
      `error ${code}`,
    );
    await judged("spire-agent", wrong, false, says);
  });

  it.each(AGENT_SETTINGS)("SPIRE knows the setting %s", async (name) => {
    expect(await knows("spire-agent", agentConfig(agentVariants["a join token"] as AgentConfigOptions), name)).toBe(
      true,
    );
  });
});

it.each(["spire-server", "spire-agent"] as const)("%s does not know a setting that nobody has", async (program) => {
  const text =
    program === "spire-server"
      ? serverConfig(serverVariants["join tokens"] as ServerConfigOptions)
      : agentConfig(agentVariants["a join token"] as AgentConfigOptions);
  expect(await knows(program, text, "no_such_setting")).toBe(false);
});

/** Whatever is wrong with the value, only a name that the program does not know is "unknown". */
async function knows(program: Program, sound: string, setting: string): Promise<boolean> {
  counts.files += 1;
  const others = sound.split("\n").filter((line) => !line.startsWith(`    ${setting} = `));
  const text = [others[0], `    ${setting} = "1h"`, ...others.slice(1)].join("\n");
  return !/unknown configuration detected/.test((await validateText(program, text)).said);
}
