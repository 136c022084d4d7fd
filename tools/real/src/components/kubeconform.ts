import { defineComponent } from "../component.ts";
import { goModule } from "../recipes/go-module.ts";

export const component = defineComponent({
  name: "kubeconform",
  version: "0.8.0",
  summary: "validator of Kubernetes manifests, for benchmarks",
  recipes: [
    goModule({ module: "kubeconform", programs: { kubeconform: "github.com/yannh/kubeconform/cmd/kubeconform" } }),
  ],
  usually: "10 s",
});
