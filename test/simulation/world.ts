/**
 * A board, a server and a person with a finger on the power switch: one whole update, from the
 * first command to the acknowledged report, through any number of cuts. What must always hold is
 * checked at every boot and at every report, not only at the end.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { type Cut, Power, PowerLoss } from "../../hal/sim/power.ts";
import { Restarted } from "../../hal/sim/boot.ts";
import { SimBoard } from "../../hal/sim/board.ts";
import type { Flash, FlashStatus, Hal, Identity, Link, ResetCause } from "../../hal/hal.ts";
import { TRIALS_MAX } from "../../src/base/limits.ts";
import type { ImagePolicy } from "../../src/image/policy.ts";
import { readRecord } from "../../src/store/jsonrecord.ts";
import { Store } from "../../src/store/store.ts";
import { Engine } from "../../src/update/engine.ts";
import { RECORD_KEY } from "../../src/update/journal.ts";
import type { FetchEvent, Fetcher, FetchSink, FetchSource } from "../../src/update/fetcher.ts";
import { securityFloor } from "../../src/update/memory.ts";
import type { Reason } from "../../src/update/reason.ts";
import { decodeRecord, encodeRecord, type UpdateRecord } from "../../src/update/record.ts";

/**
 * How the package reaches the device. `overtake`: the install is asked for before the download is
 * reported.
 */
export const WAYS = ["push", "pull", "overtake", "pullAndInstall"] as const;
export type Way = (typeof WAYS)[number];
/** What the new image does on trial. `crash`: before it reads the record; `crashLate`: after. */
export type Behaviour = "good" | "unhealthy" | "crash" | "crashLate";

export interface Scenario {
  readonly way: Way;
  readonly behaviour: Behaviour;
  /** What the server sends; it need not be genuine. */
  readonly sent: Uint8Array;
  /** Images that boot: the one that runs first, and the one that a good update leads to. */
  readonly source: Uint8Array;
  readonly target: Uint8Array;
  readonly policy: ImagePolicy;
  /** The boot selector's keys. */
  readonly keys: Uint8Array;
  readonly store: FlashStatus;
  readonly slot: FlashStatus;
  /** Bytes of a package that arrive at a time. */
  readonly chunkBytes: number;
}

export interface Outcome {
  /**
   * What was reported for each Exec, or, for a pushed package that was refused, what State shows.
   */
  readonly result: Reason | undefined;
  readonly updated: boolean;
  readonly boots: number;
  readonly operations: number;
  readonly trials: number;
  readonly record: UpdateRecord;
}

/** A trial image that dies. */
class Crash extends Error {}

const OBJECT = "package";
const ZERO_ID = new Uint8Array(16);
const IDENTITY: Identity = {
  DevId: "sim",
  Man: "",
  Mod: "",
  Lang: "en",
  DevTyp: "",
  OEM: "",
  FwV: "",
  SwV: "",
  HwV: "",
  vendorId: ZERO_ID,
  classId: ZERO_ID,
};
const NO_LINK: Link = {
  request: () => {
    throw new Error("the world has no network");
  },
};

export class World {
  readonly power: Power;
  readonly board: SimBoard;
  #scenario: Scenario;
  #cuts: number;
  #reports = new Map<string, Reason>();
  #accepted = new Set<string>();
  #step = 0;
  #pushed: Reason | undefined;
  #seen: string[] = [];
  #generation = 0;
  #boots = 0;

  constructor(scenario: Scenario, cuts: readonly Cut[] = []) {
    this.#scenario = scenario;
    this.#cuts = cuts.length;
    this.power = new Power(cuts);
    this.board = new SimBoard({
      power: this.power,
      store: scenario.store,
      slot: scenario.slot,
      identity: IDENTITY,
      link: NO_LINK,
      keys: scenario.keys,
    });
    this.board.slots[0].load(scenario.source);
  }

  /**
   * Runs until every Exec is reported and the device is at rest. Throws at the first thing that
   * must not be.
   */
  run(): Outcome {
    let cause: ResetCause = "power";
    for (;;) {
      ok(++this.#boots <= 10 + 3 * this.#cuts, "the device comes to rest");
      try {
        const record = this.#live(this.board.start(cause));
        return this.#outcome(record);
      } catch (error) {
        if (error instanceof PowerLoss) cause = "power";
        else if (error instanceof Restarted) cause = "restart";
        else if (error instanceof Crash) cause = "panic";
        else throw error;
      }
    }
  }

  /** One boot: until the server has nothing more to ask and the device nothing more to do. */
  #live(hal: Hal): UpdateRecord {
    const { behaviour, policy } = this.#scenario;
    const updated = this.#updated();
    if (updated && behaviour === "crash") throw new Crash();
    const store = Store.open(hal.store);
    this.#checkRecord(decodeRecord(readRecord(store, RECORD_KEY)));
    const engine = new Engine({
      store,
      staging: hal.staging,
      boot: hal.boot,
      policy,
      log: () => undefined,
      fetcher: new WorldFetcher(this.#scenario.sent, this.#scenario.chunkBytes),
    });
    engine.onChange = (record) => {
      this.#seen.push(shape(record));
      this.#generation = record.generation;
    };
    engine.boot();
    this.#checkBoot(engine.record, store);
    if (updated && behaviour === "crashLate") throw new Crash();
    for (let turn = 0; turn < 500; turn++) {
      if (engine.record.phase === "trial") {
        if (behaviour === "good") engine.healthy();
        else engine.unhealthy();
      }
      if (this.#serve(engine)) continue;
      if (engine.step(hal.now()) !== Infinity) continue;
      this.#checkRest(engine.record);
      return engine.record;
    }
    throw new Error(`no rest in ${engine.record.phase}`);
  }

  /**
   * The server's turn: takes a report, or asks for the next thing. False when it waits for the
   * device.
   */
  #serve(engine: Engine): boolean {
    const { way } = this.#scenario;
    if (way === "overtake" && this.#step === 0 && engine.record.phase === "ready") this.#step = 1;
    if (this.#ask(engine)) return true;
    const due = engine.tickets().find((ticket) => ticket.reason !== undefined);
    if (due?.reason === undefined) return false;
    this.#report(due.owner, due.reason);
    engine.settle(due.id);
    return true;
  }

  #ask(engine: Engine): boolean {
    const asked = this.#script()[this.#step];
    if (asked === undefined || asked === "end") return false;
    if (asked === "push") return this.#push(engine);
    if (engine.tickets().some((ticket) => ticket.owner === asked)) return false;
    const result = this.#reports.get(asked);
    if (result !== undefined) {
      this.#step = result === "succeeded" ? this.#step + 1 : this.#script().length;
      return true;
    }
    ok(!this.#accepted.has(asked), `${asked} was accepted and is forgotten`);
    const refusal =
      asked === "install"
        ? engine.install(OBJECT, asked)
        : engine.start("http://server/package", OBJECT, asked, asked === "downloadAndInstall");
    strictEqual(refusal, undefined, `${asked} in ${engine.record.phase}`);
    this.#accepted.add(asked);
    return true;
  }

  #script(): readonly string[] {
    if (this.#scenario.way === "push") return ["push", "install"];
    return this.#scenario.way === "pullAndInstall"
      ? ["downloadAndInstall"]
      : ["download", "install"];
  }

  /** Replace on PkgData in chunks, from the first again when the session was lost. */
  #push(engine: Engine): boolean {
    const { sent, chunkBytes } = this.#scenario;
    const { phase, reason } = engine.record;
    if (phase === "verifying") return false;
    if (phase === "ready") {
      this.#step = 1;
      return true;
    }
    if (phase === "failed" || phase === "settled") {
      this.#pushed = reason;
      this.#step = 2;
      return true;
    }
    let refusal = engine.open(sent.length, OBJECT);
    for (let at = 0; at < sent.length && refusal === undefined; at += chunkBytes) {
      refusal = engine.write(sent.subarray(at, at + chunkBytes));
      while (refusal === undefined && engine.working) refusal = engine.work();
    }
    refusal ??= engine.close();
    if (refusal !== undefined) {
      this.#pushed = refusal as Reason;
      this.#step = 2;
    }
    return true;
  }

  /** A report travels, and its Status comes back: power may fail at either. */
  #report(owner: string, reason: Reason): void {
    const { running, log } = { running: this.board.boot.running(), log: this.board.boot.log };
    if (owner !== "download") {
      strictEqual(
        reason === "succeeded",
        this.#updated(),
        `${owner}: ${reason} while ${this.#updated() ? "new" : "old"} firmware runs`,
      );
      ok(
        !running.trial && log.slot === running.slot,
        `${owner}: ${reason} is reported while nothing is confirmed`,
      );
    }
    this.power.performWhole("send", () => {
      ok(
        (this.#reports.get(owner) ?? reason) === reason,
        `${owner} has two results: ${this.#reports.get(owner)}, ${reason}`,
      );
      this.#reports.set(owner, reason);
    });
    this.power.performWhole("answer", () => undefined);
  }

  /** Nothing durable is forgotten: a boot finds the last record, or one that was being written. */
  #checkRecord(record: UpdateRecord): void {
    const text = shape(record);
    const last = this.#seen.length - 1;
    ok(
      this.#seen[last] === text || !this.#seen.includes(text),
      `the record went back to ${record.phase}`,
    );
    ok(record.generation >= this.#generation, "the record is lost");
    this.#generation = record.generation;
    this.#seen.push(text);
  }

  #checkBoot(record: UpdateRecord, store: Store): void {
    const { running, log, trials } = {
      running: this.board.boot.running(),
      log: this.board.boot.log,
      trials: this.board.boot.trials,
    };
    const { behaviour, source, target, policy } = this.#scenario;
    const onTrial = ["trial", "confirming", "rejecting"].includes(record.phase);
    ok(!running.trial || onTrial, `an image on trial in phase ${record.phase}`);
    ok(this.#updated() || !onTrial, `phase ${record.phase} while the old firmware runs`);
    ok(trials <= TRIALS_MAX, `${trials} trials of one image`);
    const confirmed = this.board.slots[log.slot];
    ok(holds(confirmed, source) || holds(confirmed, target), "the confirmed slot boots");
    ok(behaviour === "good" || holds(confirmed, source), "a bad image is confirmed");
    ok(
      securityFloor(store) <= policy.securityCounter || holds(confirmed, target),
      "the security counter ran ahead of the firmware",
    );
    const staging = this.board.slots[running.slot === 0 ? 1 : 0];
    if (record.kept && !this.#updated())
      ok(holds(staging, target), "the package that is kept is whole");
  }

  #checkRest(record: UpdateRecord): void {
    deepStrictEqual(
      [...this.#accepted].filter((owner) => !this.#reports.has(owner)),
      [],
      "everything accepted is reported",
    );
    ok(["settled", "idle"].includes(record.phase), `at rest in ${record.phase}`);
    for (const [block, wear] of this.board.slots[1].wear.entries()) {
      ok(wear <= 4 + 3 * this.#cuts, `block ${block} was erased ${wear} times`);
    }
  }

  #outcome(record: UpdateRecord): Outcome {
    const results = [...this.#reports.values()];
    return {
      result: this.#pushed ?? results.find((reason) => reason !== "succeeded") ?? results.at(-1),
      updated: this.#updated(),
      boots: this.#boots,
      operations: this.power.operations,
      trials: this.board.boot.trials,
      record,
    };
  }

  #updated(): boolean {
    return !holds(
      this.board.slots[this.board.boot.running().slot === 0 ? 0 : 1],
      this.#scenario.source,
    );
  }
}

/** Serves the package with ranges, a piece a step. */
class WorldFetcher implements Fetcher {
  #sent: Uint8Array;
  #chunkBytes: number;
  #at = 0;
  #attempt: number | undefined;

  constructor(sent: Uint8Array, chunkBytes: number) {
    this.#sent = sent;
    this.#chunkBytes = chunkBytes;
  }

  start(source: FetchSource): void {
    this.#at = source.from;
    this.#attempt = source.attempt + 1;
  }

  step(_now: number, sink: FetchSink): FetchEvent {
    if (this.#attempt !== undefined) {
      sink.attempted(this.#attempt);
      this.#attempt = undefined;
      const refused = sink.accept(this.#sent.length, '"1"');
      if (refused !== undefined) return { type: "failed", reason: refused };
    }
    const end = Math.min(this.#at + this.#chunkBytes, this.#sent.length);
    const reason = sink.write(this.#sent.subarray(this.#at, end));
    this.#at = end;
    if (reason !== undefined) return { type: "failed", reason };
    return end === this.#sent.length ? { type: "done" } : { type: "wait", until: 0 };
  }

  stop(): void {
    this.#at = 0;
  }
}

/** A record as it reads back, but for what goes back when a block becomes durable. */
function shape(record: UpdateRecord): string {
  return JSON.stringify(decodeRecord(encodeRecord({ ...record, attempt: 0 })));
}

/** Whether a slot begins with these bytes. Judged from outside, not with the code under test. */
function holds(slot: Flash, image: Uint8Array): boolean {
  const present = new Uint8Array(image.length);
  slot.read(present, 0);
  return Buffer.compare(present, image) === 0;
}

/** A cut as people type it: "17:tornBits:3". */
export function cutText(cut: Cut): string {
  return `${cut.at}:${cut.mode}:${cut.seed}`;
}
