export { BundleFileSource, type BundleFileSourceOptions } from "./bundle-file-source.ts";
export { JwtFileSource, type JwtFileSourceOptions } from "./jwt-file-source.ts";
export type { FileSourceOptions } from "./options.ts";
export { type StaticX509Material, staticX509Source } from "./static-source.ts";
export { X509FileSource, type X509FileSourceOptions } from "./x509-file-source.ts";
