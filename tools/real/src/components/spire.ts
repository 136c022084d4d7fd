import { defineComponent } from "../component.ts";
import { goModule } from "../recipes/go-module.ts";

export const component = defineComponent({
  name: "spire",
  version: "1.15.3",
  summary: "SPIRE server and agent (with SQLite, without the EJBCA plug-in)",
  recipes: [
    goModule({
      module: "spire",
      programs: {
        "spire-server": "github.com/spiffe/spire/cmd/spire-server",
        "spire-agent": "github.com/spiffe/spire/cmd/spire-agent",
      },
      cgo: true,
    }),
  ],
  usually: "5 min",
});
