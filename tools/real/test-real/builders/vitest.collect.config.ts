import { join } from "node:path";
import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { builderFolders } from "./builder-folders.ts";
import { collectPlugin } from "./collect-plugin.ts";

const root = join(import.meta.dirname, "../../../..");

/** Runs the builders' own tests once more, with their results recorded. */
export default defineConfig({
  root,
  plugins: [collectPlugin(builderFolders, join(import.meta.dirname, "recorder.ts"))],
  ssr: { resolve: { conditions: ["@idstack/source", ...defaultServerConditions] } },
  test: {
    include: builderFolders.map((folder) => `packages/${folder}/test/**/*.test.ts`),
    // Type tests start compilers of their own and build nothing.
    exclude: ["**/types*.test.ts", "**/*.type.test.ts"],
    env: { FORCE_COLOR: "0" },
  },
});
