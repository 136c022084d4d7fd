/** SPIRE release whose settings these configurations use; every one of them is checked against its lists. */
export const SPIRE_VERSION = "1.15.3";
