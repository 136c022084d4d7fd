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
      directories: ["/usr/lib/postgresql/15/bin"],
      elsewhere: {
        fedora: "dnf install postgresql-server",
        macos: "brew install postgresql@15",
        nix: "nix-shell -p postgresql_15",
      },
    }),
  ],
  usually: "20 s",
});
