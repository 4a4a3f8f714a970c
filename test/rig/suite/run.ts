/** Runs a scenario on a board of its own: a new device, new servers, and what is done to them. */
import type { RigBoard } from "../boards/board.ts";
import type { Recorded, Verdict } from "../events/event.ts";
import { EventLog } from "../events/log.ts";
import { ScenarioRun } from "../events/scenariorun.ts";
import { Exit, RigError, verdictOf } from "../exit.ts";
import { Rig } from "../rig.ts";
import { judge } from "./judge.ts";
import { mayCrash, offerOf } from "./offer.ts";
import type { Act, Moment, TestScenario } from "./scenario.ts";

export interface Ended {
  readonly verdict: Verdict;
  readonly problems: readonly string[];
}

/** What the device may go on to say after the server has heard all. */
const QUIET_MS = 200;

/** Runs one attempt; all that happens goes to `log`, between the scenario's beginning and end. */
export async function runScenario(
  board: RigBoard,
  scenario: TestScenario,
  log: EventLog,
  options: { readonly attempt: number; readonly limitMs: number },
): Promise<Ended> {
  const run = new ScenarioRun(log, scenario.name, options.attempt);
  // The rig looks for what its own device says only.
  const own = new EventLog(log.board);
  own.view((event) => {
    log.record(event);
  });
  const ended = await attempt(board, scenario, own, options.limitMs);
  run.end(ended.verdict, ended.problems);
  return ended;
}

async function attempt(
  board: RigBoard,
  scenario: TestScenario,
  log: EventLog,
  limitMs: number,
): Promise<Ended> {
  try {
    return await update(board, scenario, log, limitMs);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { verdict: verdictOf(error), problems: [message] };
  }
}

async function update(
  board: RigBoard,
  scenario: TestScenario,
  log: EventLog,
  limitMs: number,
): Promise<Ended> {
  const { way = "download-and-update", auth = "md5", offer = "genuine", ...given } = scenario;
  const { bytes, version } = offerOf(board, offer);
  const rig = await Rig.open({
    board,
    log,
    scenario: way,
    size: 0,
    auth,
    offer: bytes,
    ...(given.encoding === undefined ? {} : { encoding: given.encoding }),
    ...(given.faults === undefined ? {} : { faults: given.faults }),
    ...(given.hostFaults === undefined ? {} : { hostFaults: given.hostFaults(bytes.length) }),
    ...(given.descriptor === undefined ? {} : { descriptor: given.descriptor }),
    ...(given.https === undefined ? {} : { https: given.https }),
    ...(given.provision === undefined ? {} : { provision: given.provision }),
    ...(mayCrash(offer) ? { mayCrash: true } : {}),
  });
  try {
    const acts = new Acts(scenario.acts ?? [], rig, log);
    rig.start();
    await Promise.race([rig.finished(limitMs), acts.failure]);
    await settled(scenario, log, limitMs);
    await rig.switchOff();
    const problems = judge(scenario, log.events, { offered: version, undone: acts.undone });
    return { verdict: problems.length === 0 ? "passed" : "failed", problems };
  } catch (error) {
    // A device that does not come to its end within the limit has failed: the bench was there.
    if (error instanceof RigError && error.code === Exit.timeout)
      return { verdict: "failed", problems: [`no result: ${error.message}`] };
    throw error;
  } finally {
    await rig.close();
  }
}

/** Waits until the host of the package has its report, too, where one is due. */
async function settled({ expect }: TestScenario, log: EventLog, limitMs: number): Promise<void> {
  const limit = performance.now() + limitMs;
  await pause(QUIET_MS);
  while (expect.status !== undefined && log.all("download").length === 0) {
    if (performance.now() > limit) return;
    await pause(QUIET_MS);
  }
}

/** What is to be done to a device at moments that its console tells of. */
class Acts {
  /** Rejects when an act fails. */
  readonly failure: Promise<never>;
  readonly #left: Set<Act>;

  constructor(acts: readonly Act[], rig: Rig, log: EventLog) {
    this.#left = new Set(acts);
    let fail: (error: unknown) => void = () => undefined;
    this.failure = new Promise((_, reject) => {
      fail = reject;
    });
    log.view((event) => {
      for (const act of this.#left) {
        if (!isAt(act.at, event)) continue;
        this.#left.delete(act);
        cut(rig, act).catch(fail);
      }
    });
  }

  /** Acts that have not had their moment. */
  get undone(): number {
    return this.#left.size;
  }
}

async function cut(rig: Rig, { cutMs }: Act): Promise<void> {
  await rig.cut();
  await pause(cutMs);
  rig.start();
}

function isAt(at: Moment, event: Recorded): boolean {
  if (event.source !== "device") return false;
  if (at === "trial") return event.kind === "boot" && event.trial;
  if ("progress" in at)
    return event.kind === "progress" && event.bytes * 100 >= at.progress * event.total;
  if ("state" in at) return event.kind === "state" && event.state === at.state;
  return event.kind === "turn" && event.what === at.turn;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
