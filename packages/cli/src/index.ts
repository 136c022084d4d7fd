export { CliError, type CliErrorCode } from "./errors.ts";
export { type ExitCode, exitCodes } from "./exit-codes.ts";
export { type Io, type Output, processIo } from "./io.ts";
export { loadConfig } from "./load-config.ts";
export { main } from "./main.ts";
export { type RenderResult, type RenderStackOptions, renderStack } from "./render-stack.ts";
export { sopsMain } from "./sops/main.ts";
