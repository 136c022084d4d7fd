import { defineComponent } from "../component.ts";
import { goModule } from "../recipes/go-module.ts";

export const component = defineComponent({
  name: "age",
  version: "1.3.2",
  summary: "age and age-keygen, with post-quantum keys",
  recipes: [
    goModule({
      module: "age",
      programs: { age: "filippo.io/age/cmd/age", "age-keygen": "filippo.io/age/cmd/age-keygen" },
    }),
  ],
  usually: "10 s",
});
