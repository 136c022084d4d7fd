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
      ...overrides,
    },
  });
}
