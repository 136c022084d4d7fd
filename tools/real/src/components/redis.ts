import { defineComponent } from "../component.ts";
import { debianPackage } from "../recipes/debian-package.ts";

export const component = defineComponent({
  name: "redis",
  version: "7",
  summary: "Redis server, from the system",
  recipes: [
    debianPackage({
      package: "redis-server",
      programs: ["redis-server"],
      elsewhere: { fedora: "dnf install redis", macos: "brew install redis", nix: "nix-shell -p redis" },
    }),
  ],
  usually: "10 s",
});
