import { defaultServerConditions } from "vite";
import { defineConfig, type ViteUserConfig } from "vitest/config";

/** One Vitest set-up for every package: sources instead of builds, and a JSON report that CI adds up. */
export function packageTests(name: string, overrides: NonNullable<ViteUserConfig["test"]> = {}): ViteUserConfig {
  return defineConfig({
    ssr: { resolve: { conditions: ["@idstack/source", ...defaultServerConditions] } },
    test: {
      name,
      include: ["test/**/*.test.ts"],
      reporters: ["default", "json"],
      outputFile: { json: ".report/vitest.json" },
      // The task runner forces colours; what tests compare is plain.
      env: { FORCE_COLOR: "0" },
      // What is waited for comes, on a busy machine after a while: limits end what hangs, and say nothing about speed.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 100_000 } },
      ...overrides,
    },
  });
}
