/** CloudNativePG release whose operator's pod labels and ports the virtual endpoints of databases follow. */
export const CNPG_VERSION = "1.30";

/** Name under which the barman-cloud plugin registers with the operator. */
export const BARMAN_CLOUD_PLUGIN = "barman-cloud.cloudnative-pg.io";
