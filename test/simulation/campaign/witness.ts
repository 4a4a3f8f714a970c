/**
 * What must hold whatever happens, checked from outside at every boot, at every report and at rest;
 * the names are those of the properties in JOURNAL.md's chapter on the campaign. A Violation says
 * which one does not hold.
 */
import type { SimBoard } from "../../../hal/sim/board.ts";
import type { SimFlash } from "../../../hal/sim/flash.ts";
import { equal } from "../../../src/base/bytes.ts";
import {
  DOWNLOAD_ATTEMPTS_MAX,
  NOTICE_ATTEMPTS_MAX,
  TRIALS_MAX,
} from "../../../src/base/limits.ts";
import type { Client } from "../../../src/client/client.ts";
import { decodeRecord, encodeRecord, type UpdateRecord } from "../../../src/update/record.ts";
import type { ServerEvent } from "../../rig/server/event.ts";
import type { Images } from "./setting.ts";
import type { Offer, Variant } from "./variant.ts";

export const PROPERTIES = {
  P1: "the confirmed slot holds an image that boots",
  P2: "the device comes to rest in time",
  P3: "the image that runs in the end is one that may",
  P4: "what was asked for is reported, the same each time, and success only of what runs",
  P5: "no image that is not confirmed survives a second reset, or is tried more often than allowed",
  P6: "the security counter never falls, and rises only after a confirmation",
  P7: "no byte is programmed twice between erases",
  P8: "no block wears more than the cuts explain",
  P9: "what is kept or armed is whole in flash",
  P10: "a replay repeats what happened",
  P11: "nothing durable is forgotten: the record never goes back",
  P12: "no secret is in a log line",
  P13: "what a server changed, and was told so, stays changed",
  P14:
    "the host of a descriptor is told how the download ended, the same each time, and " +
    "success only of what is there",
} as const;
export type Property = keyof typeof PROPERTIES;

export class Violation extends Error {
  override name = "Violation";
  readonly property: Property;

  constructor(property: Property, detail: string) {
    super(`${property}: ${detail} (${PROPERTIES[property]})`);
    this.property = property;
  }
}

/** Result of a download that was interrupted. */
const INTERRUPTED = "401";

/** Erases of a block that a run without cuts needs, and that each cut may add. */
const WEAR_MAX = 6;
const WEAR_PER_CUT = 4;

/** What the host of a descriptor must hear of an offer, and under which name it is kept. */
const STATUSES: { readonly [offer in Offer]: string } = {
  genuine: "900",
  corrupt: "905",
  foreign: "953",
};
const DESCRIPTOR = "descriptor";

/** Phases in which a package begins to come, perhaps again. */
const BEGINNINGS: readonly string[] = ["idle", "receiving", "downloading"];
const INSTALLING: readonly string[] = ["proving", "arming", "trial", "confirming"];

export class Witness {
  /** Result codes by correlator. */
  readonly reports: Map<string, string>;
  boots = 0;
  /** Cuts so far. */
  cuts = 0;
  /** Cuts while an installation was under way, and while a download was. */
  trialCuts = 0;
  downloadCuts = 0;
  /**
   * The first thing that did not hold: what is thrown inside a request, the client takes for a
   * network that fails.
   */
  violation: Violation | undefined;
  /** For those who watch a replay. */
  onBoot: (() => void) | undefined;
  onLine: ((text: string) => void) | undefined;
  onEvent: ((event: ServerEvent) => void) | undefined;
  readonly #variant: Variant;
  readonly #board: SimBoard;
  readonly #images: Images;
  /**
   * Records since a package began to come: the same package may come, and be refused or installed,
   * in the same way again.
   */
  #seen: Set<string>;
  readonly #shapes = new WeakMap<UpdateRecord, string>();
  #last = "";
  #generation = 0;
  #counter = 0;
  #tried = false;
  #wasCut = false;
  #changedIn: number | undefined;

  constructor(variant: Variant, board: SimBoard, images: Images, before?: Witness) {
    this.#variant = variant;
    this.#board = board;
    this.#images = images;
    this.reports = new Map(before === undefined ? [] : before.reports);
    this.#seen = new Set(before === undefined ? [] : before.#seen);
    if (before === undefined) return;
    this.boots = before.boots;
    this.cuts = before.cuts;
    this.trialCuts = before.trialCuts;
    this.downloadCuts = before.downloadCuts;
    this.#last = before.#last;
    this.#generation = before.#generation;
    this.#counter = before.#counter;
    this.#tried = before.#tried;
    this.#changedIn = before.#changedIn;
  }

  /** True while the new image runs. */
  get updated(): boolean {
    return holds(this.#slot(this.#board.boot.running().slot), this.#images.target);
  }

  /** What it knows, as values: another witness goes on from there. */
  durable(): readonly unknown[] {
    return [
      [...this.reports],
      this.boots,
      this.cuts,
      this.trialCuts,
      this.downloadCuts,
      [...this.#seen].sort(),
      this.#last,
      this.#generation,
      this.#counter,
      this.#tried,
      this.#wasCut,
      this.#changedIn,
    ];
  }

  /** The bootloader has chosen. */
  booted(): void {
    const { log, trials } = this.#board.boot;
    const running = this.#board.boot.running();
    const { source, target } = this.#images;
    this.boots++;
    this.onBoot?.();
    const confirmed = this.#slot(log.slot);
    this.#check(
      "P1",
      holds(confirmed, source) || holds(confirmed, target),
      "the confirmed slot is damaged",
    );
    this.#check(
      "P1",
      this.#variant.behaviour === "good" || holds(confirmed, source),
      "an image that fails is confirmed",
    );
    this.#check(
      "P5",
      !(running.trial && this.#tried),
      "an image on trial boots again without being armed",
    );
    const excused = this.#variant.behaviour === "crashLate" ? TRIALS_MAX : this.cuts;
    this.#check(
      "P5",
      trials <= Math.min(TRIALS_MAX, 1 + excused) || forgets(this.#variant),
      `${trials} trials, ${this.cuts} cuts`,
    );
    this.#check(
      "P9",
      !running.trial || holds(this.#slot(running.slot), target),
      "an image on trial that is not the genuine one",
    );
    this.#tried = running.trial;
  }

  /** What the store holds, before the client reads it. */
  found(record: UpdateRecord): void {
    const text = this.#shape(record);
    if (forgets(this.#variant)) {
      this.#seen.clear();
      this.#generation = 0;
    }
    const again = BEGINNINGS.includes(record.phase) || text === this.#last || !this.#seen.has(text);
    this.#check("P11", again, `the record went back to ${record.phase}`);
    this.#check("P11", record.generation >= this.#generation, "the record is lost");
    if (this.#wasCut && INSTALLING.includes(record.phase)) this.trialCuts++;
    if (this.#wasCut && record.phase === "downloading") this.downloadCuts++;
    this.#wasCut = false;
    this.changed(record);
  }

  /**
   * The client has read its store, and knows what booted. `counter`: the security counter that it
   * found.
   */
  started(client: Client, counter: number): void {
    const { record } = client.engine;
    const running = this.#board.boot.running();
    const { log } = this.#board.boot;
    const onTrial =
      record.phase === "trial" || record.phase === "confirming" || record.phase === "rejecting";
    this.#check("P5", !running.trial || onTrial, `an image on trial in phase ${record.phase}`);
    this.#check(
      "P3",
      this.updated || !onTrial,
      `phase ${record.phase} while the old firmware runs`,
    );
    this.#check(
      "P6",
      counter >= this.#counter || forgets(this.#variant),
      `the counter fell from ${this.#counter} to ${counter}`,
    );
    this.#check(
      "P6",
      counter <= 1 || holds(this.#slot(log.slot), this.#images.target),
      "the counter ran ahead of the firmware",
    );
    const staging = this.#slot(running.slot === 0 ? 1 : 0);
    if (record.kept && !this.updated)
      this.#check("P9", holds(staging, this.#images.target), "a damaged package is kept");
    this.#counter = counter;
    this.changed(record);
  }

  changed(record: UpdateRecord): void {
    this.#last = this.#shape(record);
    if (BEGINNINGS.includes(record.phase)) this.#seen.clear();
    this.#seen.add(this.#last);
    this.#generation = record.generation;
    if (record.phase === "arming") this.#tried = false;
  }

  /** What the server is told. */
  event(event: ServerEvent): void {
    this.onEvent?.(event);
    if (event.kind === "download") this.#told(event.status);
    if (event.kind !== "alert") return;
    const { correlator = event.type, data } = event;
    const running = this.#board.boot.running();
    const { log } = this.#board.boot;
    const before = this.reports.get(correlator);
    // A device that has forgotten its report of a success may call the download interrupted.
    const forgotten = forgets(this.#variant) && before === "200" && data === INTERRUPTED;
    this.#check(
      "P4",
      before === undefined || before === data || forgotten,
      `${correlator} is ${before} and then ${data}`,
    );
    this.reports.set(correlator, data);
    if (correlator.endsWith("-download")) return;
    this.#check(
      "P4",
      !running.trial && log.slot === running.slot,
      `${data} is reported while nothing is confirmed`,
    );
    this.#check(
      "P4",
      (data === "200") === this.updated,
      `${data} is reported while ${this.updated ? "new" : "old"} firmware runs`,
    );
  }

  /** A record never changes: its shape is made once. */
  #shape(record: UpdateRecord): string {
    const known = this.#shapes.get(record);
    if (known !== undefined) return known;
    const made = shape(record);
    this.#shapes.set(record, made);
    return made;
  }

  #told(status: number): void {
    const before = this.reports.get(DESCRIPTOR);
    const there = this.#board.slots.some((slot) => holds(slot, this.#images.target));
    this.#check(
      "P14",
      before === undefined || before === `${status}`,
      `${before} and then ${status}`,
    );
    this.#check("P14", status !== 900 || there, "900 is reported, and there is no such package");
    this.reports.set(DESCRIPTOR, `${status}`);
  }

  /** A line of the device's log. */
  line(text: string, secrets: readonly string[]): void {
    this.onLine?.(text);
    for (const secret of secrets) this.#check("P12", !text.includes(secret), text);
  }

  /** Power was cut. */
  cut(): void {
    this.cuts++;
    this.#wasCut = true;
  }

  /**
   * A request of the device. `changed`: the server knows that the address is no more `old`; that
   * counts from the next boot on.
   */
  asked(url: string, old: string, changed: boolean): void {
    if (changed) this.#changedIn ??= this.boots;
    this.#check(
      "P13",
      url !== old ||
        this.#changedIn === undefined ||
        this.boots === this.#changedIn ||
        forgets(this.#variant),
      `a message goes to ${url}`,
    );
  }

  /**
   * The server has its outcome and the device wants nothing. `code`: the last result that the
   * server knows.
   */
  rested(record: UpdateRecord, code: number): void {
    const { behaviour, form, offer } = this.#variant;
    const good = behaviour === "good" && offer === "genuine" && form !== "otherbase";
    const owed = record.tickets.length + record.notices.length;
    // A device that has forgotten who pushed half of a package waits for it, as after any cut.
    const left = forgets(this.#variant) && record.phase === "receiving";
    this.#check(
      "P2",
      owed === 0 && (left || ["idle", "settled", "ready"].includes(record.phase)),
      `at rest in ${record.phase}`,
    );
    const outcome = `${code}, ${this.updated ? "new" : "old"} firmware`;
    const tried = code === 410 && this.trialCuts >= TRIALS_MAX;
    const asked = code === 503 && this.downloadCuts >= DOWNLOAD_ATTEMPTS_MAX;
    const keptOut = !this.updated && (tried || asked);
    const forgotten = forgets(this.#variant) && (good || !this.updated);
    const excused = forgotten || (!this.updated && code !== 200 && mayFail(this.#variant));
    if (good) this.#check("P3", (this.updated && code === 200) || keptOut || excused, outcome);
    else
      this.#check(
        "P3",
        !this.updated && (expected(this.#variant).includes(code) || asked || excused),
        outcome,
      );
    this.#checkTold();
    this.wear();
  }

  /**
   * Power that fails may use up the attempts to report; nothing else may, once the descriptor could
   * be read.
   */
  #checkTold(): void {
    const { offer, descriptor, hostFaults = [] } = this.#variant;
    const told = this.reports.get(DESCRIPTOR);
    const usedUp = this.cuts + hostFaults.length >= NOTICE_ATTEMPTS_MAX && told === undefined;
    if (descriptor === undefined || usedUp || mayFail(this.#variant)) return;
    this.#check("P14", told === STATUSES[offer], `${told ?? "nothing"} was reported`);
  }

  wear(): void {
    const bound = WEAR_MAX + WEAR_PER_CUT * this.cuts + (this.#variant.hostFaults ?? []).length;
    for (const slot of this.#board.slots) {
      const most = Math.max(...slot.wear);
      this.#check("P8", most <= bound, `${most} erases of a block, ${this.cuts} cuts`);
    }
  }

  #slot(number: number): SimFlash {
    return this.#board.slots[number === 0 ? 0 : 1];
  }

  #check(property: Property, holdsTrue: boolean, detail: string): void {
    if (holdsTrue) return;
    this.violation ??= new Violation(property, detail);
    throw this.violation;
  }
}

/**
 * Result codes of an update that must fail; 0: nothing is reported, since nothing was asked for.
 */
function expected({ form, offer, way }: Variant): readonly number[] {
  if (form === "otherbase") return way === "replace" ? [0] : [450];
  // Decoding may find it while the package is pushed: Status 403 to PkgData, and no result.
  if (offer === "corrupt") return form !== undefined && way === "replace" ? [0, 402] : [402];
  return offer === "foreign" ? [404] : [410];
}

/**
 * Faults of the package host after which the package, or what is said of it, is not the genuine
 * one.
 */
const SPOILING: readonly string[] = [
  "corrupt",
  "changed",
  "overlong",
  "wrongContentRange",
  "status",
  "redirect",
];

/**
 * Whether what is wrong with flash or network excuses an update that fails; never one that
 * succeeds. A single bit of the store is no excuse.
 */
function mayFail({ flash, hostFaults = [] }: Variant): boolean {
  const oneBit =
    flash?.what === "flip" &&
    flash.partition === "store" &&
    (flash.how === "once" || flash.how === "stuck");
  return (
    (flash !== undefined && flash.what !== "torn" && !oneBit) ||
    hostFaults.some(({ what }) => SPOILING.includes(what))
  );
}

/** Whether more of the store is damaged than can be put right: what was durable may be lost. */
export function forgets({ flash }: Variant): boolean {
  return flash?.what === "flip" && flash.partition === "store" && flash.how === "byte";
}

/** A record as it reads back, but for the mark that comes and goes with each session on trial. */
function shape({ exposed: _, ...record }: UpdateRecord): string {
  return JSON.stringify(decodeRecord(encodeRecord({ ...record })));
}

/** Judged from outside, not with the engine under test. */
function holds(slot: SimFlash, image: Uint8Array): boolean {
  return equal(slot.bytes.subarray(0, image.length), image);
}
