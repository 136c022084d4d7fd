import { globSync } from "node:fs";
import { defineComponent } from "../component.ts";
import { debianPackage } from "../recipes/debian-package.ts";

export const component = defineComponent({
  name: "postgresql",
  version: "15",
  summary: "PostgreSQL server and initdb, from the system",
  recipes: [
    debianPackage({
      package: "postgresql-15",
      programs: ["initdb", "postgres"],
      // Where Debian and its like keep the programs, by version: 15 first, then the newest.
      directories: ["/usr/lib/postgresql/15/bin", ...globSync("/usr/lib/postgresql/*/bin").sort().reverse()],
      elsewhere: {
        fedora: "dnf install postgresql-server",
        macos: "brew install postgresql@15",
        nix: "nix-shell -p postgresql_15",
      },
    }),
  ],
  usually: "20 s",
});
