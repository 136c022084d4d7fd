/** CloudNativePG release that the objects, and labels and ports of a database's pods, are written for. */
export const CNPG_VERSION = "1.30";

/** Name under which the barman-cloud plugin registers with the operator. */
export const BARMAN_CLOUD_PLUGIN = "barman-cloud.cloudnative-pg.io";
