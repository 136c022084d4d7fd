import type { SopsFormat } from "@idstack/sops";

/** Names of formats, for flags. */
export const formats: readonly SopsFormat[] = ["yaml", "json", "dotenv", "ini", "binary"];
