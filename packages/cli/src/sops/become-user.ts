import { userInfo } from "node:os";
import { SopsExit, sopsStatus } from "./exit.ts";

/** The types of Node lack one of them. */
type UserCalls = Pick<NodeJS.Process, "geteuid" | "seteuid" | "setgid" | "setuid"> & {
  readonly initgroups?: (user: string, group: number) => void;
};

/**
 * Makes this process one of another user, with that user's groups, for good.
 *
 * @returns The variables that say who the user is.
 * @throws SopsExit where there is no such user, or this process may not become it.
 */
export function becomeUser(name: string): { readonly HOME: string; readonly USER: string; readonly LOGNAME: string } {
  const { geteuid, seteuid, initgroups, setgid, setuid }: UserCalls = process;
  if (!geteuid || !seteuid || !initgroups || !setgid || !setuid) {
    throw new SopsExit(sopsStatus.generic, "--user does not exist on Windows");
  }
  try {
    const before = geteuid();
    // The system knows users by name; taking on the name for a moment shows the rest.
    seteuid(name);
    const { gid, homedir, username } = userInfo();
    seteuid(before);
    initgroups(name, gid);
    setgid(gid);
    setuid(name);
    return { HOME: homedir, USER: username, LOGNAME: username };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ERR_UNKNOWN_CREDENTIAL" ? "there is no such user" : `this process may not become it (${code})`;
    throw new SopsExit(sopsStatus.generic, `--user ${name}: ${why}`);
  }
}
