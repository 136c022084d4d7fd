import { defineComponent } from "../component.ts";
import { goModule } from "../recipes/go-module.ts";

export const component = defineComponent({
  name: "go-sops-decrypt",
  version: "3.13.3",
  summary: "our program on sops' decrypt package: a folder of files in one process, for benchmarks",
  recipes: [goModule({ module: "go-sops-decrypt", programs: { "go-sops-decrypt": "." } })],
  usually: "2 min",
});
