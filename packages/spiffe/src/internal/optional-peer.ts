import { createRequire } from "node:module";

/**
 * Loads an optional peer dependency at its first use, so that nobody pays for what they do not use.
 *
 * @throws TypeError with the command that installs it.
 */
export function optionalPeer<T>(name: string, range: string, needed: string): T {
  try {
    return createRequire(import.meta.url)(name) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new TypeError(`${needed} needs the package ${name}, which is not installed: npm install ${name}@${range}`, {
      cause: error,
    });
  }
}
