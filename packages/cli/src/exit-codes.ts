/** Exit statuses of every command. */
export const exitCodes = {
  /** Done, and nothing is wrong. */
  ok: 0,
  /** Done, and something is wrong with what was looked at: findings, drift, a broken claim. */
  findings: 1,
  /** The command line or the configuration cannot be used. */
  usage: 2,
  /** Something else went wrong: a file cannot be read, a port is taken. */
  failure: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
