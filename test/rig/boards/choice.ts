/**
 * Which board a demonstration is for when nobody says: bare metal where it can be built as things
 * are, else XS on Linux.
 */
import { BuildError } from "../../../hal/xs/build.ts";
import { type Check, installLine } from "../setup.ts";

export interface Choice {
  readonly board: "qemu" | "host";
  /** Why it is not bare metal. */
  readonly why?: string;
}

/**
 * `checks`: what bare metal needs; `fetch` gets its C libraries, and throws a BuildError when it
 * cannot, as without a network.
 */
export function chooseBoard(checks: readonly Check[], fetch: () => void): Choice {
  const missing = checks.filter(({ present }) => !present);
  if (missing.length > 0) {
    const what = missing.map((item) => item.what).join(", ");
    const line = installLine(missing.map(({ debian }) => debian));
    return {
      board: "host",
      why: `board host, because for bare metal (qemu) this machine lacks ${what}; type: ${line}`,
    };
  }
  try {
    fetch();
    return { board: "qemu" };
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const [first = ""] = error.message.split("\n");
    return {
      board: "host",
      why:
        `board host, because for bare metal (qemu) this machine ${first}; xs-fumo demo ` +
        `--board qemu says more`,
    };
  }
}
