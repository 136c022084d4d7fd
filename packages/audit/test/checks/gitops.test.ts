import { describe, expect, it } from "vitest";
import { findings, found } from "../found.ts";

const application = (spec: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: a, namespace: argocd }\nspec: ${spec}\n`;
const prose = (text: string) => ({ files: [{ path: "docs/a.md", text }] });

describe("Argo CD", () => {
  const only = { only: ["argo-default-project", "argo-prune", "argo-prune-self-heal"] };

  it("takes a missing project for default, as Argo CD does", () => {
    expect(found(application("{}"), only)).toEqual(["argo-default-project 4"]);
    expect(found(application("{ project: home }"), only)).toEqual([]);
  });

  it("reads the template of an ApplicationSet", () => {
    const set =
      "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: a }\nspec:\n  template:\n    spec:\n      project: default\n      syncPolicy: { automated: { prune: true } }\n";
    expect(found(set, only)).toEqual(["argo-default-project 7", "argo-prune 8"]);
  });

  it("leaves alone what does not sync by itself, or does not prune", () => {
    expect(found(application("{ project: p, syncPolicy: { syncOptions: [CreateNamespace=true] } }"), only)).toEqual([]);
    expect(
      found(application("{ project: p, syncPolicy: { automated: { prune: false, selfHeal: true } } }"), only),
    ).toEqual([]);
  });
});

describe("documentation", () => {
  const pruning = application("{ project: home, syncPolicy: { automated: { prune: true } } }");
  const prune = (text: string, yaml = pruning) => findings(yaml, { only: ["docs-claim-prune-off"], ...prose(text) });

  it.each(["`prune: false` everywhere", "Pruning is disabled.", "It never prunes.", "```yaml\nprune: false\n```"])(
    "hears %s",
    (text) => {
      expect(prune(text)).toHaveLength(1);
    },
  );

  it("gives the place of the words, and names the manifest that says otherwise", () => {
    const [finding] = prune("# Sync\n\nWe set `prune: false`.\n");
    expect(finding).toMatchObject({ file: "docs/a.md", line: 3, column: 8 });
    expect(finding?.message).toContain("Application argocd/a (test.yaml:1)");
  });

  it("is silent when the words are true, or nothing is claimed", () => {
    expect(prune("`prune: false`", application("{ project: home }"))).toEqual([]);
    expect(prune("We prune the roses in March; prune: true.")).toEqual([]);
  });

  it("hears that projects isolate, across a line end", () => {
    const claim = prose("Environments are isolated by\nArgo CD projects.");
    const check = { only: ["docs-claim-project-isolation"], ...claim };
    expect(found(application("{ project: default }"), check)).toEqual(["docs-claim-project-isolation 1"]);
    expect(found(application("{ project: home }"), check)).toEqual([]);
  });
});
