import { defineComponent } from "../component.ts";
import { goModule } from "../recipes/go-module.ts";

export const component = defineComponent({
  name: "go-spiffe-peer",
  version: "2.8.1",
  summary: "our program on go-spiffe: mTLS client and server, JWT validation, bundle endpoint",
  recipes: [goModule({ module: "go-spiffe-peer", programs: { "go-spiffe-peer": "." } })],
  usually: "30 s",
});
