import { defineComponent } from "../component.ts";
import { goModule } from "../recipes/go-module.ts";

export const component = defineComponent({
  name: "cilium-policy",
  version: "1.20.2",
  summary: "our program on Cilium's own policy engine: questions and answers as JSON lines",
  recipes: [goModule({ module: "cilium-policy", programs: { "cilium-policy": "." } })],
  usually: "3 min",
});
