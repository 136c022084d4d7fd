import type { AuthentikChartOptions } from "../chart/authentik-chart.ts";

const CA_FOLDER = "/etc/authentik/postgres";

/** Values of the chart but for the caller's own. */
export function chartValues({ baseUrl, secretKey, database, bootstrapSecret, blueprints = [] }: AuthentikChartOptions) {
  const key = typeof secretKey === "string" ? { name: secretKey, key: "AUTHENTIK_SECRET_KEY" } : secretKey;
  const { cluster, sslMode = "verify-full" } = database;
  const verified = sslMode !== "require";
  const app = (variable: string, field: string) => ({
    name: `AUTHENTIK_POSTGRESQL__${variable}`,
    valueFrom: { secretKeyRef: { name: `${cluster}-app`, key: field } },
  });
  const component = {
    containerSecurityContext: {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    // Only the certificate: the same Secret holds the CA's private key.
    ...(verified
      ? {
          volumes: [
            {
              name: "postgres-ca",
              secret: { secretName: `${cluster}-ca`, items: [{ key: "ca.crt", path: "ca.crt" }] },
            },
          ],
          volumeMounts: [{ name: "postgres-ca", mountPath: CA_FOLDER, readOnly: true }],
        }
      : {}),
  };
  return {
    global: {
      env: [
        { name: "AUTHENTIK_SECRET_KEY", valueFrom: { secretKeyRef: { name: key.name, key: key.key } } },
        app("HOST", "host"),
        app("PORT", "port"),
        app("NAME", "dbname"),
        app("USER", "username"),
        app("PASSWORD", "password"),
        { name: "AUTHENTIK_POSTGRESQL__SSLMODE", value: sslMode },
        ...(verified ? [{ name: "AUTHENTIK_POSTGRESQL__SSLROOTCERT", value: `${CA_FOLDER}/ca.crt` }] : []),
        { name: "AUTHENTIK_WEB__BASE_URL", value: baseUrl },
        { name: "AUTHENTIK_ERROR_REPORTING__ENABLED", value: "false" },
        { name: "AUTHENTIK_DISABLE_UPDATE_CHECK", value: "true" },
      ],
      ...(bootstrapSecret === undefined ? {} : { envFrom: [{ secretRef: { name: bootstrapSecret } }] }),
    },
    postgresql: { enabled: false },
    blueprints: { configMaps: [...blueprints] },
    server: component,
    worker: component,
  };
}
