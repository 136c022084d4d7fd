import { defineComponent } from "../component.ts";
import { goModule } from "../recipes/go-module.ts";

export const component = defineComponent({
  name: "etcd",
  version: "3.7.3",
  summary: "the database of the Kubernetes API server",
  recipes: [goModule({ module: "etcd", programs: { etcd: "go.etcd.io/etcd/server/v3" } })],
  usually: "20 s",
});
