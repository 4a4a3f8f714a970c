/**
 * The host device is killed (SIGKILL) at 200 moments of an update, drawn over the whole run: boot,
 * session, transfer, verification, swap, trial, report. Started again, it always ends with version
 * 2 and one result, 200.
 *
 * A moment is "so many milliseconds after that line of the serial console", so it hardly depends on
 * how busy the machine is. A failure prints it: `XS_FUMO_KILL=scenario:line:ms` kills at that
 * moment again.
 */
import { deepStrictEqual, ok } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Random } from "../../../hal/sim/random.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { SCENARIOS, type ScenarioName } from "../../rig/server/scenario.ts";
import { VERSION_2 } from "../../rig/workshop.ts";
import { prebuilt } from "./prebuilt.ts";

const MOMENTS = 200;
const AT_ONCE = 3;
const LIMIT_MS = 300_000;
/** Some device is killed in each of these, or the test shows too little. */
const PLACES = [
  "boot",
  "no trial, State 10",
  "no trial, State 30",
  "no trial, State 60",
  "trial, State 60",
  "trial, State 100",
];

interface Moment {
  readonly line: number;
  readonly afterMs: number;
}

function open(board: RigBoard, scenario: ScenarioName, log: EventLog): Promise<Rig> {
  return Rig.open({ board, log, scenario, size: 0, auth: "md5", provision: { pollSeconds: 1 } });
}

/**
 * When each line came, in ms since power-on, of an update that nobody disturbs; the end is the
 * last.
 */
async function timetable(board: RigBoard, scenario: ScenarioName): Promise<readonly number[]> {
  const log = new EventLog("host");
  const rig = await open(board, scenario, log);
  const times: number[] = [];
  try {
    const start = performance.now();
    const note = (): void => {
      times.push(performance.now() - start);
    };
    log.view(({ kind }) => {
      if (kind === "serial") note();
    });
    rig.start();
    ok((await rig.finished(LIMIT_MS)).ok);
    note();
    return times;
  } finally {
    await rig.close();
  }
}

/** One of equal parts of the whole run, and chance within it. */
function momentOf(seed: number, times: readonly number[]): Moment {
  const at = (((seed % MOMENTS) + new Random(seed).fraction()) / MOMENTS) * (times.at(-1) ?? 0);
  const line = times.filter((time) => time <= at).length;
  return { line, afterMs: at - (times[line - 1] ?? 0) };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Resolves with that line, or at once when there is none to wait for. */
function line(log: EventLog, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    if (left === 0) resolve();
    else
      log.view(({ kind }) => {
        if (kind === "serial" && --left === 0) resolve();
      });
  });
}

/** Where in the update a device was killed, in the words of its console. */
function place(log: EventLog): string {
  const boot = log.last("boot");
  if (boot === undefined) return "boot";
  return `${boot.trial ? "trial" : "no trial"}, State ${log.last("state")?.state ?? 10}`;
}

/** Gives where the device was killed. */
async function survives(board: RigBoard, scenario: ScenarioName, moment: Moment): Promise<string> {
  const log = new EventLog("host");
  const rig = await open(board, scenario, log);
  try {
    const due = line(log, moment.line);
    rig.start();
    await Promise.race([due, rig.outcome]);
    await sleep(moment.afterMs);
    await rig.cut();
    const killedAt = place(log);
    const boots = log.all("boot").length;
    const running = new Promise<void>((resolve) => {
      log.view(({ kind }) => {
        if (kind === "boot" && log.all("boot").length > boots) resolve();
      });
    });
    rig.start();
    await running;
    const outcome = await rig.finished(LIMIT_MS);
    deepStrictEqual(
      [outcome.ok, outcome.code, runsVersion(log, VERSION_2)],
      [true, 200, true],
      outcome.text,
    );
    const alerts = log.all("alert").map(({ type, uri, data }) => `${type} ${uri} ${data}`);
    deepStrictEqual(new Set(alerts).size, scenario === "download" ? 2 : 1, alerts.join("\n"));
    ok(
      alerts.every((alert) => alert.endsWith(" 200")),
      alerts.join("\n"),
    );
    return killedAt;
  } catch (error) {
    const tail = log
      .all("serial")
      .slice(-25)
      .map((event) => event.line)
      .join("\n");
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${tail}`);
  } finally {
    await rig.close();
  }
}

test(`board host, killed at ${MOMENTS} moments, gets version 2 and one 200`, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "sigkill-"));
  try {
    const board = prebuilt(folder);
    const times = new Map<ScenarioName, readonly number[]>();
    const [again, line, afterMs] = (process.env.XS_FUMO_KILL ?? "").split(":");
    const known = SCENARIOS.find((name) => name === again);
    if (known !== undefined) {
      context.diagnostic(
        await survives(board, known, { line: Number(line), afterMs: Number(afterMs) }),
      );
      return;
    }
    for (const scenario of SCENARIOS) times.set(scenario, await timetable(board, scenario));
    const failures: string[] = [];
    const places = new Map<string, number>();
    const seeds = Array.from({ length: MOMENTS }, (_, index) => index);
    context.diagnostic(
      `runs of ${[...times.values()].map((all) => Math.round(all.at(-1) ?? 0)).join(", ")} ms; ` +
        `seeds 0 to ${MOMENTS - 1}`,
    );
    const work = async (): Promise<void> => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        const scenario = SCENARIOS[seed % SCENARIOS.length] ?? "replace";
        const moment = momentOf(seed, times.get(scenario) ?? []);
        const told =
          `seed ${seed}: XS_FUMO_KILL=${scenario}:` + `${moment.line}:${moment.afterMs.toFixed(1)}`;
        await survives(board, scenario, moment).then(
          (killedAt) => {
            places.set(killedAt, (places.get(killedAt) ?? 0) + 1);
          },
          (error: Error) => {
            failures.push(`${told}\n${error.message}`);
          },
        );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    for (const [killedAt, count] of places) context.diagnostic(`${count} in ${killedAt}`);
    ok(failures.length === 0, failures.join("\n\n"));
    for (const killedAt of PLACES) ok(places.has(killedAt), `no device was killed in ${killedAt}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
