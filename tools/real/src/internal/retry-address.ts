import { RealError } from "../errors.ts";

const attempts = 3;

/** Between our look for a free port and a server's use of it, somebody else may have taken it: then once more. */
export async function retryWhenAddressInUse<Result>(start: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      const taken = error instanceof RealError && /address already in use/.test(error.message);
      if (!taken || attempt === attempts) throw error;
    }
  }
}
