/** The whole conformance run, by parts of the HAL. */
import type { Check } from "../../conformance/order.ts";
import { bootPlan } from "./bootplan.ts";
import { type Bench, Driver } from "./driver.ts";
import { flashPlan } from "./flashplan.ts";
import { linkPlan, restPlan } from "./linkplan.ts";

export const PARTS = { link: linkPlan, rest: restPlan, flash: flashPlan, boot: bootPlan } as const;
export type Part = keyof typeof PARTS;
export const PART_NAMES = Object.keys(PARTS) as Part[];

const LISTENING = "127.0.0.1";

/**
 * Runs parts on a board, and gives its checks: one a name, with the first problem that came under
 * it.
 */
export async function conformance(
  bench: Bench,
  parts: readonly Part[],
  onCheck?: (check: Check) => void,
): Promise<readonly Check[]> {
  const seen = new Map<string, Check>();
  const driver = new Driver(bench, (check) => {
    if (seen.get(check.name)?.problem !== undefined) return;
    if (!seen.has(check.name) || check.problem !== undefined) onCheck?.(check);
    seen.set(check.name, check);
  });
  await driver.server.listen(
    bench.listening ?? LISTENING,
    bench.rigAddress ?? LISTENING,
    bench.rigPort,
  );
  try {
    for (const part of parts) await PARTS[part](driver);
  } finally {
    await driver.off();
    driver.server.close();
  }
  return [...seen.values()];
}
