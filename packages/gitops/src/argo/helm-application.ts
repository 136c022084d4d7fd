import type { ChartRelease } from "@idstack/manifests";
import type { Application } from "@idstack/schemas/argoproj.io/v1alpha1";
import { type ApplicationOptions, build } from "./application.ts";

/** Options of {@link helmApplication}; name and destination come from the release unless given. */
export type HelmApplicationOptions = Omit<ApplicationOptions, "name" | "source" | "destination" | "decryptor"> &
  Partial<Pick<ApplicationOptions, "name" | "destination">>;

/**
 * An Argo CD Application that installs a Helm release, with the same safe defaults as {@link application}.
 *
 * Throws TypeError for the project `default` and for a version that is a range: what runs would then change without a
 * commit.
 *
 * @example
 * ```ts
 * import { argoCdChart, helmApplication } from "@idstack/gitops";
 * const app = helmApplication(argoCdChart().chart, { project: "infra", serverSideApply: true });
 * console.log(app.metadata.name, app.spec.source?.chart); // argocd argo-cd
 * ```
 */
export function helmApplication(chart: ChartRelease, options: HelmApplicationOptions): Application {
  if (!/^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(chart.version)) {
    throw new TypeError(`helmApplication: version "${chart.version}" of chart ${chart.chart} is not an exact version`);
  }
  const { name = chart.releaseName, destination = chart.namespace } = options;
  return build(
    { ...options, name, destination },
    {
      // Argo CD writes OCI registries without the scheme.
      repoURL: chart.repo.replace(/^oci:\/\//, ""),
      chart: chart.chart,
      targetRevision: chart.version,
      helm: { releaseName: chart.releaseName, valuesObject: { ...chart.values } },
    },
  );
}
