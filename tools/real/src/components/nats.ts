import { defineComponent } from "../component.ts";
import { debianPackage } from "../recipes/debian-package.ts";

export const component = defineComponent({
  name: "nats",
  version: "2",
  summary: "NATS server, from the system",
  recipes: [
    debianPackage({
      package: "nats-server",
      programs: ["nats-server"],
      directories: ["/usr/sbin"],
      elsewhere: {
        fedora: "dnf install nats-server",
        macos: "brew install nats-server",
        nix: "nix-shell -p nats-server",
      },
    }),
  ],
  usually: "10 s",
});
