import { defined, metadata, type NamespacedOptions } from "@idstack/manifests";
import type { ObjectStore } from "@idstack/schemas/barmancloud.cnpg.io/v1";

type ObjectStoreSpec = ObjectStore["spec"];

/** Keys of an existing Secret that hold S3 credentials; the values never pass through here. */
export interface S3CredentialsRef {
  /** Name of the Secret, in the namespace of the database. */
  readonly secret: string;
  /** Key of the access key ID; `ACCESS_KEY_ID` by default. */
  readonly accessKeyId?: string | undefined;
  /** Key of the secret access key; `ACCESS_SECRET_KEY` by default. */
  readonly secretAccessKey?: string | undefined;
  /** Key of the region, for providers that check it. */
  readonly region?: string | undefined;
}

/** Options of {@link objectStore}. */
export interface ObjectStoreOptions extends NamespacedOptions {
  /** Bucket and folder, `s3://home-backups/apps/api-db`; two databases must not share one folder and server name. */
  readonly destination: string;
  /**
   * S3 endpoint of anything but AWS, `https://s3.home.arpa`. The archiver then sends checksums only where S3 requires
   * them: many such servers refuse the ones that AWS's library adds by default.
   */
  readonly endpoint?: string | undefined;
  /** Secret key with the CA certificate of the endpoint, when no public CA signed it. */
  readonly endpointCa?: { readonly name: string; readonly key: string } | undefined;
  readonly credentials: S3CredentialsRef;
  /** How long backups stay recoverable: a number and `d`, `w` or `m`. `30d` by default. */
  readonly retention?: string | undefined;
  readonly spec?: Partial<ObjectStoreSpec> | undefined;
}

/**
 * A barman-cloud ObjectStore: where a CloudNativePG cluster archives its WAL and its base backups.
 *
 * WAL and data are compressed. Barman encrypts on the server side only, so whoever reads the bucket reads the database.
 * Throws TypeError when `destination`, `endpoint` or `retention` is malformed.
 *
 * @example
 * ```ts
 * import { objectStore } from "@idstack/backup";
 * const store = objectStore({
 *   name: "api-db", namespace: "apps", destination: "s3://home-backups/apps/api-db",
 *   endpoint: "https://s3.home.arpa", credentials: { secret: "s3-backup" },
 * });
 * console.log(store.spec.retentionPolicy); // 30d
 * ```
 */
export function objectStore(options: ObjectStoreOptions): ObjectStore {
  const { destination, endpoint, endpointCa, credentials, retention = "30d" } = options;
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/]/.test(destination)) {
    throw new TypeError(`objectStore: destination "${destination}" is not a URL such as s3://bucket/folder`);
  }
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) {
    throw new TypeError(`objectStore: endpoint "${endpoint}" is not an http(s) URL`);
  }
  if (!/^[1-9][0-9]*[dwm]$/.test(retention)) {
    throw new TypeError(`objectStore: retention "${retention}" is not a number followed by d, w or m`);
  }
  const key = (name: string) => ({ name: credentials.secret, key: name });
  return {
    apiVersion: "barmancloud.cnpg.io/v1",
    kind: "ObjectStore",
    metadata: metadata(options),
    spec: {
      retentionPolicy: retention,
      configuration: defined({
        destinationPath: destination,
        endpointURL: endpoint,
        endpointCA: endpointCa && { ...endpointCa },
        s3Credentials: defined({
          accessKeyId: key(credentials.accessKeyId ?? "ACCESS_KEY_ID"),
          secretAccessKey: key(credentials.secretAccessKey ?? "ACCESS_SECRET_KEY"),
          region: credentials.region === undefined ? undefined : key(credentials.region),
        }),
        wal: { compression: "gzip" as const },
        data: { compression: "gzip" as const },
      }),
      ...(endpoint === undefined ? {} : { instanceSidecarConfiguration: { env: [...CHECKSUMS] } }),
      ...options.spec,
    },
  };
}

const CHECKSUMS = ["AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"].map((name) => ({
  name,
  value: "when_required",
}));
