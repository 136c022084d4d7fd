import { defineComponent } from "../component.ts";
import { goModule } from "../recipes/go-module.ts";

const [version, major, minor] = ["1.36.3", "1", "36"];

/** A build outside the Kubernetes repository knows no version of its own. */
const versionVariables = Object.fromEntries(
  ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) => [
    [`${path}.gitVersion`, `v${version}`],
    [`${path}.gitMajor`, major],
    [`${path}.gitMinor`, minor],
  ]),
);

export const component = defineComponent({
  name: "kubernetes",
  version,
  summary: "kube-apiserver and kubectl",
  recipes: [
    goModule({
      module: "kubernetes",
      programs: {
        "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
        kubectl: "k8s.io/kubernetes/cmd/kubectl",
      },
      variables: versionVariables,
    }),
  ],
  usually: "5 min",
});
