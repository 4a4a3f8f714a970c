/** The whole conformance run, by parts of the HAL. */
import type { Check } from "../../conformance/order.ts";
import { Exit, RigError } from "../exit.ts";
import { bootPlan } from "./bootplan.ts";
import { type Bench, Driver, type DriverOptions } from "./driver.ts";
import { flashPlan } from "./flashplan.ts";
import { linkPlan } from "./linkplan.ts";
import { checkRandoms, restPlan, uptimePlan } from "./restplan.ts";

export const PARTS = {
  link: linkPlan,
  rest: restPlan,
  uptime: uptimePlan,
  flash: flashPlan,
  boot: bootPlan,
} as const;
export type Part = keyof typeof PARTS;
export const PART_NAMES = Object.keys(PARTS) as Part[];
/** All but the one that takes more than a minute on a board whose time is real. */
export const QUICK_PARTS = PART_NAMES.filter((part) => part !== "uptime");
/** What a board proves over its console, before it has a network. */
export const CONSOLE_PARTS: readonly Part[] = ["rest", "uptime", "flash"];

const LISTENING = "127.0.0.1";

/**
 * Runs parts on a board, and gives its checks: one a name, with the first problem that came under
 * it. `onCheck` is told of a name that is new, and of the first problem of one that was not. Throws
 * a RigError when a part cannot go over the console, and when the board falls silent.
 */
export async function conformance(
  bench: Bench,
  parts: readonly Part[],
  options: DriverOptions = {},
): Promise<readonly Check[]> {
  const seen = new Map<string, Check>();
  const isConsole = options.overConsole === true;
  for (const part of parts)
    if (isConsole && !CONSOLE_PARTS.includes(part))
      throw new RigError(Exit.usage, `part ${part} needs the network of the board`);
  const driver = new Driver(bench, {
    ...options,
    onCheck: (check) => {
      if (seen.get(check.name)?.problem !== undefined) return;
      const isNews = !seen.has(check.name) || check.problem !== undefined;
      seen.set(check.name, check);
      if (isNews) options.onCheck?.(check);
    },
  });
  if (!isConsole)
    await driver.server.listen(
      bench.listening ?? LISTENING,
      bench.rigAddress ?? LISTENING,
      bench.rigPort,
    );
  try {
    for (const part of parts) await PARTS[part](driver);
    checkRandoms(driver);
  } finally {
    await driver.off();
    if (!isConsole) driver.server.close();
  }
  return [...seen.values()];
}
