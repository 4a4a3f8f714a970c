/** Runs a scenario on a board of its own: a new device, new servers, and what is done to them. */
import { versionText } from "../../../src/image/version.ts";
import type { Place } from "../bench/place.ts";
import type { RigBoard } from "../boards/board.ts";
import type { Recorded, Verdict } from "../events/event.ts";
import { EventLog } from "../events/log.ts";
import { ScenarioRun } from "../events/scenariorun.ts";
import { Exit, RigError, verdictOf } from "../exit.ts";
import { type Account, Rig } from "../rig.ts";
import { hasMissed, judge } from "./judge.ts";
import { type Ladder, NEW } from "./ladder.ts";
import { mayCrash, offerOf } from "./offer.ts";
import type { Act, Moment, TestScenario } from "./scenario.ts";

export interface RunOptions {
  readonly attempt: number;
  readonly limitMs: number;
  readonly place?: Place;
  readonly account?: Partial<Account>;
  /** Of a board that stays as it is. */
  readonly ladder?: Ladder;
}

export interface Ended {
  readonly verdict: Verdict;
  readonly problems: readonly string[];
}

/** What the device may go on to say after the server has heard all. */
const QUIET_MS = 200;
/** How far its console may lag behind what the server has heard. */
const CONSOLE_MS = 20_000;

/** Runs one attempt; all that happens goes to `log`, between the scenario's beginning and end. */
export async function runScenario(
  board: RigBoard,
  scenario: TestScenario,
  log: EventLog,
  options: RunOptions,
): Promise<Ended> {
  const run = new ScenarioRun(log, scenario.name, options.attempt);
  // The rig looks for what its own device says only.
  const own = new EventLog(log.board);
  own.view((event) => {
    log.record(event);
  });
  const ended = await attempt(board, scenario, own, options);
  options.ladder?.climb(own.events);
  run.end(ended.verdict, ended.problems);
  return ended;
}

async function attempt(
  board: RigBoard,
  scenario: TestScenario,
  log: EventLog,
  options: RunOptions,
): Promise<Ended> {
  try {
    return await update(board, scenario, log, options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { verdict: verdictOf(error), problems: [message] };
  }
}

async function update(
  board: RigBoard,
  scenario: TestScenario,
  log: EventLog,
  { limitMs, place, account, ladder }: RunOptions,
): Promise<Ended> {
  const { way = "download-and-update", auth = "md5", offer = "genuine", ...given } = scenario;
  const rung = ladder?.rung ?? NEW;
  const { bytes, version } = offerOf(board, offer, rung);
  const rig = await Rig.open({
    board,
    log,
    scenario: way,
    size: 0,
    auth,
    offer: bytes,
    ...(place === undefined ? {} : { place }),
    ...(account === undefined ? {} : { account }),
    ...(given.encoding === undefined ? {} : { encoding: given.encoding }),
    ...(given.faults === undefined ? {} : { faults: given.faults }),
    ...(given.hostFaults === undefined ? {} : { hostFaults: given.hostFaults(bytes.length) }),
    ...(given.descriptor === undefined ? {} : { descriptor: given.descriptor }),
    ...(given.https === undefined ? {} : { https: given.https }),
    ...(given.wrongCertificate === undefined ? {} : { wrongCertificate: given.wrongCertificate }),
    ...(given.provision === undefined ? {} : { provision: given.provision }),
    ...(given.nameless === true ? { pkgURL: nameless } : {}),
    ...(mayCrash(offer) ? { mayCrash: true } : {}),
  });
  const acts = new Acts(scenario.acts ?? [], rig, log);
  try {
    rig.start();
    await Promise.race([rig.finished(limitMs), acts.failure]);
    await settled(scenario, log, limitMs);
    await acts.end();
    await rig.switchOff();
    const before = versionText(rung.runs);
    const facts = { offered: version, before, undone: acts.undone };
    if (hasMissed(scenario, log.events, facts))
      throw new RigError(Exit.noBoard, "the console was away at the moment of what was to be done");
    const problems = judge(scenario, log.events, facts);
    return { verdict: problems.length === 0 ? "passed" : "failed", problems };
  } catch (error) {
    // A device that does not come to its end within the limit has failed: the bench was there.
    if (error instanceof RigError && error.code === Exit.timeout)
      return { verdict: "failed", problems: [`no result: ${error.message}`] };
    throw error;
  } finally {
    await acts.end();
    await rig.close();
  }
}

const NAMELESS = "no-such-host.invalid";

/** The URL with a host that no DNS knows (RFC 6761 §6.4). */
function nameless(url: string): string {
  return url.replace(/\/\/[^:/]+/, `//${NAMELESS}`);
}

/**
 * Waits until the host of the package has its report, too, where one is due; and until the console
 * has told all that led to the result, of which the last is that it was reported. One that was away
 * may have missed that: it has told all when it tells of the session behind. A console that says
 * neither is believed to have nothing more to say.
 */
async function settled({ expect }: TestScenario, log: EventLog, limitMs: number): Promise<void> {
  const started = performance.now();
  const isTold = (): boolean =>
    log.all("turn").some(({ what }) => what === "reported") || sessionsBehind(log) > 1;
  const isDue = (): boolean => expect.status !== undefined && log.all("download").length === 0;
  const spent = (): number => performance.now() - started;
  await pause(QUIET_MS);
  while ((isDue() && spent() < limitMs) || (!isTold() && spent() < CONSOLE_MS))
    await pause(QUIET_MS);
}

/** How many sessions the console says were completed since the result: the first may be its own. */
function sessionsBehind({ events }: EventLog): number {
  const at = events.findLastIndex(({ kind }) => kind === "result");
  const behind = at < 0 ? [] : events.slice(at);
  return behind.filter((event) => event.kind === "session" && event.outcome === "completed").length;
}

/** What is to be done at moments that the console of the device tells of. */
class Acts {
  /** Rejects when an act fails. */
  readonly failure: Promise<never>;
  readonly #left: Set<Act>;
  readonly #running = new Set<Promise<void>>();
  #ended = false;

  constructor(acts: readonly Act[], rig: Rig, log: EventLog) {
    this.#left = new Set(acts);
    let fail: (error: unknown) => void = () => undefined;
    this.failure = new Promise((_, reject) => {
      fail = reject;
    });
    this.failure.catch(() => undefined); // also where nobody waits any more
    const moments = new Moments();
    log.view((event) => {
      moments.take(event);
      for (const act of this.#left) {
        if (this.#ended || !moments.isAt(act.at, event)) continue;
        this.#left.delete(act);
        this.#running.add(done(act, rig, log).catch(fail));
      }
    });
  }

  /** Acts that have not had their moment. */
  get undone(): readonly Act[] {
    return [...this.#left];
  }

  /** Waits for what has begun: nothing begins any more. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#running);
  }
}

async function done(act: Act, rig: Rig, log: EventLog): Promise<void> {
  if ("awayMs" in act) {
    await rig.leave(act.awayMs);
    return;
  }
  if ("silentMs" in act) {
    await rig.silence(act.silentMs);
    return;
  }
  if ("certificate" in act) {
    if (log.all("began").length > 0)
      throw new RigError(Exit.failed, "the device spoke to a server that it must not trust");
    rig.showGood();
    return;
  }
  await rig.cut();
  await pause(act.cutMs);
  rig.start();
}

/**
 * Moments as the console tells them. It may be away when the new image starts, as the port of a
 * chip is that restarts its USB: then the first session that begins behind that tells of the trial.
 */
export class Moments {
  #isVerified = false;
  #isMissed = false;

  /** Before `isAt` of the same event. */
  take(event: Recorded): void {
    if (event.kind === "turn" && event.what === "verified") this.#isVerified = true;
    else if (event.kind === "console" && event.line === "lost") this.#isMissed = this.#isVerified;
    else if (event.kind === "boot") this.#isMissed = false;
  }

  isAt(at: Moment, event: Recorded): boolean {
    if (at === "trial" && this.#isMissed && event.kind === "began") return true;
    return event.source === "device" && isTold(at, event);
  }
}

function isTold(at: Moment, event: Recorded): boolean {
  if (at === "unheard") return event.kind === "session" && event.outcome !== "completed";
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
