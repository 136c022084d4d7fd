import { describe, expect, test } from "vitest";
import { type AuthentikChartOptions, authentikChart } from "../../src/index.ts";

const base: AuthentikChartOptions = {
  baseUrl: "https://auth.home.arpa",
  secretKey: "authentik",
  database: { cluster: "authentik-db" },
};

interface EnvVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

function environment(options: AuthentikChartOptions): Record<string, string | undefined> {
  const { env } = authentikChart(options).chart.values["global"] as { env: EnvVariable[] };
  const text = ({ value, valueFrom }: EnvVariable) =>
    value ?? `${valueFrom?.secretKeyRef.name}/${valueFrom?.secretKeyRef.key}`;
  return Object.fromEntries(env.map((variable) => [variable.name, text(variable)]));
}

describe("authentikChart", () => {
  test("database and secret key come from existing Secrets", () => {
    expect(environment(base)).toEqual({
      AUTHENTIK_SECRET_KEY: "authentik/AUTHENTIK_SECRET_KEY",
      AUTHENTIK_POSTGRESQL__HOST: "authentik-db-app/host",
      AUTHENTIK_POSTGRESQL__PORT: "authentik-db-app/port",
      AUTHENTIK_POSTGRESQL__NAME: "authentik-db-app/dbname",
      AUTHENTIK_POSTGRESQL__USER: "authentik-db-app/username",
      AUTHENTIK_POSTGRESQL__PASSWORD: "authentik-db-app/password",
      AUTHENTIK_POSTGRESQL__SSLMODE: "verify-full",
      AUTHENTIK_POSTGRESQL__SSLROOTCERT: "/etc/authentik/postgres/ca.crt",
      AUTHENTIK_WEB__BASE_URL: "https://auth.home.arpa",
      AUTHENTIK_ERROR_REPORTING__ENABLED: "false",
      AUTHENTIK_DISABLE_UPDATE_CHECK: "true",
    });
    expect(environment({ ...base, secretKey: { name: "a", key: "b" } })["AUTHENTIK_SECRET_KEY"]).toBe("a/b");
  });

  test("the certificate of the database's CA is mounted, its private key is not", () => {
    const { values } = authentikChart(base).chart;
    const secret = { secretName: "authentik-db-ca", items: [{ key: "ca.crt", path: "ca.crt" }] };
    for (const component of ["server", "worker"]) {
      expect(values[component]).toMatchObject({
        volumes: [{ name: "postgres-ca", secret }],
        volumeMounts: [{ name: "postgres-ca", mountPath: "/etc/authentik/postgres", readOnly: true }],
      });
    }
    const unverified = authentikChart({ ...base, database: { cluster: "authentik-db", sslMode: "require" } });
    expect(unverified.chart.values["server"]).not.toHaveProperty("volumes");
  });

  test("bundled database off, blueprints and bootstrap secret wired, own values last", () => {
    const { chart } = authentikChart({
      ...base,
      blueprints: ["apps"],
      bootstrapSecret: "authentik-bootstrap",
      values: { server: { replicas: 2 }, authentik: { email: { host: "smtp.home.arpa", password: "file:///run/x" } } },
    });
    expect(chart).toMatchObject({ chart: "authentik", version: "2026.8.0", namespace: "security" });
    expect(chart.values).toMatchObject({
      postgresql: { enabled: false },
      blueprints: { configMaps: ["apps"] },
      global: { envFrom: [{ secretRef: { name: "authentik-bootstrap" } }] },
      server: { replicas: 2, containerSecurityContext: { runAsNonRoot: true } },
      authentik: { email: { host: "smtp.home.arpa" } },
    });
  });

  test.each([
    { authentik: { secret_key: "s3cret" } },
    { authentik: { postgresql: { password: "s3cret" } } },
    { authentik: { bootstrap_token: "s3cret" } },
  ])("values that hold a secret are refused without printing it", (values) => {
    expect(() => authentikChart({ ...base, values })).toThrow(/values\.authentik\..* holds a secret/);
    expect(() => authentikChart({ ...base, values })).not.toThrow(/s3cret/);
  });

  test("a base URL without a scheme is refused", () => {
    expect(() => authentikChart({ ...base, baseUrl: "auth.home.arpa" })).toThrow(/not a full URL/);
  });

  test("server, worker and outposts are endpoints", () => {
    const { endpoints } = authentikChart({ ...base, outposts: ["traefik"] });
    expect(endpoints).toMatchObject([
      {
        namespace: "security",
        name: "authentik-server",
        labels: {
          "app.kubernetes.io/name": "authentik",
          "app.kubernetes.io/instance": "authentik",
          "app.kubernetes.io/component": "server",
        },
        ports: [{ port: 9000 }, { port: 9443 }, { port: 9300 }],
        source: "authentik chart 2026.8.0",
      },
      { name: "authentik-worker", labels: { "app.kubernetes.io/component": "worker" }, serviceAccount: "authentik" },
      { name: "ak-outpost-traefik", ports: [{ port: 9000 }, { port: 9443 }, { port: 9300 }] },
    ]);
  });
});
