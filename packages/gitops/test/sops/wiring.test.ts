import { parseManifests, validate } from "@idstack/manifests";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type ConventionRule, generateSopsConfig, parseSopsConfig, ruleFor } from "../../../sops/src/index.ts";
import {
  application,
  argoCdChart,
  checkDecryption,
  decryptionOf,
  fluxAgeSecret,
  fluxDecryption,
  fluxKustomization,
  helmSecrets,
  ksops,
  ksopsDirectory,
  ksopsPatches,
  type SopsRule,
  sopsSecretsOperator,
  talhelper,
} from "../../src/index.ts";

const problems = (object: object) => {
  const { documents } = parseManifests(JSON.stringify(object), { file: "x.yaml" });
  expect(documents).toHaveLength(1);
  return validate(documents).map(({ message }) => message);
};
const recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

describe("Flux", () => {
  test("a Kustomization that decrypts, and the Secret it does it with", () => {
    const decryption = fluxDecryption();
    const kustomization = fluxKustomization({
      name: "apps",
      path: "kubernetes/apps",
      decryption,
      spec: { targetNamespace: "apps" },
    });
    expect(kustomization).toEqual({
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name: "apps", namespace: "flux-system" },
      spec: {
        interval: "10m",
        path: "./kubernetes/apps",
        prune: false,
        sourceRef: { kind: "GitRepository", name: "flux-system" },
        decryption: { provider: "sops", secretRef: { name: "sops-age" } },
        targetNamespace: "apps",
      },
    });
    expect(problems(kustomization)).toEqual([]);
    const secret = fluxAgeSecret({ identities: { home: "# created\nAGE-SECRET-KEY-1EXAMPLE\n" } });
    expect(secret.stringData).toEqual({ "home.agekey": "# created\nAGE-SECRET-KEY-1EXAMPLE\n" });
    expect(secret.metadata).toEqual({ name: "sops-age", namespace: "flux-system" });
    expect(problems(secret)).toEqual([]);
  });

  test("a cloud identity instead of a Secret, another source", () => {
    const { decryption } = fluxDecryption({ secret: false, serviceAccount: "decryptor" });
    expect(decryption).toEqual({ provider: "sops", serviceAccountName: "decryptor" });
    const source = { kind: "OCIRepository", name: "home" } as const;
    const kustomization = fluxKustomization({ name: "a", path: "./a", source, prune: true });
    expect(kustomization.spec).toMatchObject({ path: "./a", sourceRef: source, prune: true });
    expect(kustomization.spec).not.toHaveProperty("decryption");
    expect(problems(kustomization)).toEqual([]);
    expect(() => fluxDecryption({ secret: false })).toThrow(/serviceAccount/);
  });

  test("what is no identity is refused without being repeated", () => {
    expect(() => fluxAgeSecret({ identities: { home: "hunter2" } })).toThrow(/^(?!.*hunter2).*identities\.home/);
    expect(() => fluxAgeSecret({ identities: {} })).toThrow(/empty/);
  });
});

describe("ksops", () => {
  test("patches for an Argo CD without the chart hold what the chart's values hold", () => {
    const [configMap, deployment] = ksopsPatches({ ageKey: { secret: "age", key: "k" }, namespace: "cd" });
    expect(configMap).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "argocd-cm", namespace: "cd" },
      data: { "kustomize.buildOptions": "--enable-alpha-plugins --enable-exec" },
    });
    expect(problems(configMap)).toEqual([]);
    expect(deployment).toMatchObject({
      metadata: { name: "argocd-repo-server", namespace: "cd" },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: "argocd-repo-server",
                env: [{ name: "SOPS_AGE_KEY_FILE", value: "/var/run/secrets/sops-age/k" }],
                volumeMounts: [{ subPath: "ksops" }, { subPath: "kustomize" }, { name: "sops-age", readOnly: true }],
              },
            ],
            initContainers: [{ name: "install-ksops" }],
            volumes: [{ name: "custom-tools" }, { secret: { secretName: "age" } }],
          },
        },
      },
    });
    // A patch lacks the fields a Deployment must have; with them it is one.
    const { spec } = deployment as { spec?: { template: { spec: { containers: object[] } } } };
    const labels = { app: "x" };
    const whole = {
      ...deployment,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, ...spec?.template } },
    };
    expect(problems(whole)).toEqual([]);
  });

  test("a generator makes Secrets of files that are no manifests", () => {
    const [, generator] = ksopsDirectory({
      secretFrom: [
        { name: "web", namespace: "apps", type: "Opaque", files: ["key=web.key.enc"], envs: ["web.enc.env"] },
      ],
    });
    expect(generator.object).toMatchObject({
      secretFrom: [
        {
          metadata: { name: "web", namespace: "apps" },
          type: "Opaque",
          files: ["key=web.key.enc"],
          envs: ["web.enc.env"],
        },
      ],
    });
    expect(generator.object).not.toHaveProperty("files");
    expect(() => ksopsDirectory({ secretFrom: [{ name: "web" }] })).toThrow(/web has no files/);
    expect(() => ksopsDirectory({ secretFrom: [{ name: "w", files: ["k=a.yaml"] }], resources: ["a.yaml"] })).toThrow(
      /encrypted and a resource/,
    );
  });
});

describe("helm-secrets", () => {
  const sha256 = "a".repeat(64);
  const options = {
    helmSecrets: { version: "4.7.7", sha256 },
    sops: { version: "3.13.3", sha256 },
    image: "alpine:3.22",
  };

  test("is wired into the repo-server; values files name the mounted key", () => {
    const decryptor = helmSecrets({ ...options, arch: "arm64", ageKey: { secret: "age", key: "key.txt" } });
    const { values } = argoCdChart({ decryptor, values: { repoServer: { replicas: 2 } } }).chart;
    expect(values).toMatchObject({
      configs: { cm: { "helm.valuesFileSchemes": "secrets,secrets+age-import,https" } },
      repoServer: {
        replicas: 2,
        volumes: [{ name: "custom-tools" }, { secret: { secretName: "age" } }],
        initContainers: [{ image: "alpine:3.22", securityContext: { runAsNonRoot: true } }],
      },
    });
    const [init] = (values["repoServer"] as { initContainers: { env: object[]; args: string[] }[] }).initContainers;
    expect(init?.env).toContainEqual({ name: "ARCH", value: "arm64" });
    expect(init?.args[0]).toContain("sha256sum -c");
    expect(decryptor.valueFile("secrets.yaml")).toBe(
      "secrets+age-import:///helm-secrets-private-keys/key.txt?secrets.yaml",
    );
    expect(() => helmSecrets({ ...options, sops: { version: "3.13", sha256 } })).toThrow(/sops\.version/);
    expect(() => helmSecrets({ ...options, sops: { version: "3.13.3", sha256: "" } })).toThrow(/sops\.sha256/);
  });

  test("does not decrypt manifests, and the check says so", () => {
    const app = application({
      name: "web",
      project: "apps",
      destination: "apps",
      decryptor: helmSecrets(options),
      source: { repo: "r", path: "web" },
    });
    expect(decryptionOf(app)).toBe("helm-secrets");
    const { documents } = parseManifests(JSON.stringify(app), { file: "argocd/web.yaml" });
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, sops: { mac: "ENC[x]" } };
    documents.push(...parseManifests(JSON.stringify(secret), { file: "web/s.yaml" }).documents);
    expect(checkDecryption({ documents })).toMatchObject([{ code: "gitops/not-a-values-file", file: "web/s.yaml" }]);
  });
});

describe("Talos", () => {
  test("files lie where talhelper looks for them, and git does not see what it writes", () => {
    expect(talhelper()).toMatchObject({
      config: "talos/talconfig.yaml",
      secrets: "talos/talsecret.sops.yaml",
      env: "talos/talenv.sops.yaml",
      generated: "talos/clusterconfig",
      gitignore: { path: "talos/.gitignore", text: "/clusterconfig/\n" },
    });
    for (const folder of ["", "/talos", "../talos"]) expect(() => talhelper({ folder })).toThrow(TypeError);
  });
});

describe("rules for .sops.yaml", () => {
  test("are what generateSopsConfig takes", () => {
    expectTypeOf<SopsRule>().toExtend<Omit<ConventionRule, "recipients">>();
    const { rule, secrets } = talhelper({ folder: "clusters/home" });
    const operator = sopsSecretsOperator({ version: "1.2.3" });
    const text = generateSopsConfig([
      { ...rule, recipients: [recipient] },
      { ...fluxDecryption().rule, folder: "kubernetes", recipients: [recipient] },
      { ...ksops().rule, folder: "argocd", recipients: [recipient] },
      { ...operator.rule, folder: "operator", recipients: [recipient] },
    ]);
    const config = parseSopsConfig(text);
    expect(config.diagnostics).toEqual([]);
    expect(ruleFor(secrets, config).encryptedRegex).toBeUndefined();
    expect(ruleFor("kubernetes/db.sops.yaml", config).encryptedRegex).toBe("^(data|stringData)$");
    expect(ruleFor("argocd/db.enc.yaml", config).index).toBe(2);
    expect(ruleFor("operator/db.sops.yaml", config).encryptedSuffix).toBe("Templates");
  });
});
