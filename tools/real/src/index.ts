export { RealError, type RealErrorCode } from "./errors.ts";
