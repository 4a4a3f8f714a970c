/** The plan for clock, random bytes and identity; and that of a clock which counts for a minute. */
import { FLASH_CALL_MS_MAX } from "../../conformance/order.ts";
import { type Driver, told } from "./driver.ts";

const CLOCK_MS = 400;
/** Over the console orders and reports take their time: so many times as long, and as late. */
const CONSOLE_TIMES = 6;
const CLOCK_ATTEMPTS = 3;
/**
 * A clock may be this much off, and the rig's measurement this much late: later in all attempts on
 * a machine that is very busy.
 */
const CLOCK_SHARE = 0.1;
const CLOCK_LATE_MS = 250;
/** The counters of many timers have 16 bits. */
const WRAP_MS = 65_536;
const PAST_WRAP_MS = WRAP_MS + 500;
/** Calls of Flash, as long as they may be, that a step may make. */
const LONG_CALLS = 3;
/** Boots whose first random bytes are compared, at least. */
const RANDOM_BOOTS = 10;
/** Hexadecimal digits that no two boots have by chance. */
const EQUAL_DIGITS = 16;

export async function restPlan(driver: Driver): Promise<void> {
  const on = performance.now();
  await driver.power();
  await driver.checked("random: bytes come", { do: "random" });
  await driver.checked("identity: it can be read", { do: "identity" });
  await clock(driver, on);
  await restartedClock(driver);
  await driver.power();
  const { randomBoots = RANDOM_BOOTS } = driver.bench;
  for (let boot = 0; boot < randomBoots && driver.randoms.length < randomBoots; boot++)
    await driver.order({ do: "restart" });
}

/**
 * A watchdog that is too quick bites in the erase of a worn block. A clock of a board that cannot
 * let time pass is watched for more than a minute.
 */
export async function uptimePlan(driver: Driver): Promise<void> {
  await driver.power();
  const busy = await driver.order({ do: "busy", ms: LONG_CALLS * FLASH_CALL_MS_MAX });
  driver.check(
    `watchdog: it waits for ${LONG_CALLS} calls of ${FLASH_CALL_MS_MAX} ms`,
    busy?.kind === "done" ? undefined : told(busy),
  );
  const { bench } = driver;
  bench.skip?.(PAST_WRAP_MS);
  const report = await driver.order({
    do: "clock",
    ms: bench.skip === undefined ? PAST_WRAP_MS : 1,
  });
  const good = report?.kind === "clock" && report.uptimeMs >= WRAP_MS;
  driver.check("clock: it counts past 2^16 ms", good ? undefined : told(report));
}

/** What the first random bytes of all boots say together, at the end of a run. */
export function checkRandoms(driver: Driver): void {
  const { randoms } = driver;
  if (randoms.length < RANDOM_BOOTS) return;
  const seen = new Set<string>();
  let repeated: string | undefined;
  for (const random of randoms) {
    for (let at = 0; at < random.length; at += EQUAL_DIGITS) {
      const part = `${at} ${random.slice(at, at + EQUAL_DIGITS)}`;
      if (seen.has(part)) repeated ??= random;
      seen.add(part);
    }
  }
  driver.check(
    "random: no two boots give the same bytes",
    repeated === undefined ? undefined : `one of ${randoms.length} boots gave ${repeated} again`,
  );
  const [first = ""] = randoms;
  const fixed = [...first].findIndex(
    (_, at) =>
      at % 2 === 0 && randoms.every((each) => each.slice(at, at + 2) === first.slice(at, at + 2)),
  );
  driver.check(
    "random: no byte is the same at every boot",
    fixed < 0 ? undefined : `byte ${fixed / 2} is 0x${first.slice(fixed, fixed + 2)} at every boot`,
  );
}

/** A restart is a boot. */
async function restartedClock(driver: Driver): Promise<void> {
  const before = performance.now();
  await driver.order({ do: "restart" });
  const report = await driver.order({ do: "clock", ms: 1 });
  const longest = (performance.now() - before) * (1 + CLOCK_SHARE) + CLOCK_LATE_MS;
  const good = report?.kind === "clock" && report.uptimeMs <= longest;
  driver.check(
    "clock: it counts from a restart as from power-on",
    good ? undefined : `${told(report)}, ${Math.round(longest)} ms after a restart`,
  );
}

/** `on`: when its power came. */
async function clock(driver: Driver, on: number): Promise<void> {
  const name = "clock: it counts milliseconds";
  let uptime = 0;
  let longest = 0;
  let problem: string | undefined;
  const times = driver.options.overConsole === true ? CONSOLE_TIMES : 1;
  const late = CLOCK_LATE_MS * times;
  for (
    let attempt = 0;
    attempt < CLOCK_ATTEMPTS && (attempt === 0 || problem !== undefined);
    attempt++
  ) {
    const before = performance.now();
    const report = await driver.order({ do: "clock", ms: CLOCK_MS * times });
    const real = performance.now() - before;
    if (report?.kind !== "clock") {
      driver.check(name, told(report));
      return;
    }
    const { elapsedMs, uptimeMs } = report;
    uptime = uptimeMs;
    longest = (performance.now() - on) * (1 + CLOCK_SHARE) + late;
    const slow = elapsedMs < (real - late) * (1 - CLOCK_SHARE);
    const fast = elapsedMs > real * (1 + CLOCK_SHARE);
    problem =
      slow || fast
        ? `${Math.round(elapsedMs)} of its milliseconds took ${Math.round(real)}`
        : undefined;
  }
  driver.check(
    "clock: it counts from this boot",
    uptime > longest ? `now() is ${Math.round(uptime)} soon after power came` : undefined,
  );
  driver.check(name, problem);
}
