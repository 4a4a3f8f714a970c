/**
 * Updates of a bare-metal board that lose their power where a run says, and what must hold of
 * each.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlashParts } from "../../../../hal/bare/build.ts";
import { type Cut as FlashCut, CUT_STATUS } from "../../../../hal/bare/cut.ts";
import type { RigBoard } from "../../../rig/boards/board.ts";
import { type BareName, type BareRow, ROWS } from "../../../rig/boards/boards.ts";
import { DeviceProcess, within } from "../../../rig/device.ts";
import { EventLog } from "../../../rig/events/log.ts";
import { offered, type PackageForm, Rig, runsVersion } from "../../../rig/rig.ts";
import type { ScenarioName } from "../../../rig/server/scenario.ts";
import { developmentKey, packageOf, VERSION_1, VERSION_2 } from "../../../rig/workshop.ts";
import { type Operation, parseOperation } from "./operation.ts";
import { type Cut, type Loss, type Run, runId } from "./plan.ts";

/** How long one update may take, restarts and all. */
const LIMIT_MS = 300_000;
const FLASH = "flash.bin";

/** How version 2 comes. */
export interface Way {
  readonly form: PackageForm;
  readonly scenario: ScenarioName;
}

export const IMAGE: Way = { form: "whole", scenario: "download-and-update" };

export interface Result {
  /** What was wrong; absent: nothing. */
  readonly problem?: string;
  /** The cuts that came. */
  readonly cuts: readonly Cut[];
  /** What the device was at when it was killed: its State of FUMO, -1 before it told. */
  readonly killedIn: readonly number[];
  readonly log: EventLog;
}

export class Bench {
  readonly way: Way;
  readonly #row: BareRow;
  readonly #folder = mkdtempSync(join(tmpdir(), "sweep-"));
  readonly #first: Buffer;
  readonly #offer: Buffer;

  get board(): string {
    return this.#row.driver.name;
  }

  /** Builds both versions, and a device with version 1 that all runs begin with. */
  constructor(board: BareName, way = IMAGE) {
    this.way = way;
    this.#row = ROWS[board];
    const { driver } = this.#row;
    this.#first = driver.firmware(VERSION_1, 0);
    this.#offer = offered(driver, way.form, 0);
    driver.manufacture(this.#folder, packageOf(driver, VERSION_1, 0), developmentKey());
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The operations of an update to which nothing happens, in their order. */
  async undisturbed(): Promise<readonly Operation[]> {
    const log = new EventLog(this.board);
    const rig = await this.#open(log, () => ({ mode: "never", operation: 0 }));
    try {
      rig.start();
      await rig.finished(LIMIT_MS);
      await rig.switchOff();
    } finally {
      await rig.close();
    }
    return log
      .all("serial")
      .flatMap(({ line }) => parseOperation(line, this.#parts)?.operation ?? []);
  }

  get #parts(): FlashParts {
    return this.#row.build.parts;
  }

  /** One update with its losses of power. */
  async perform(run: Run): Promise<Result> {
    const log = new EventLog(this.board);
    const cuts: Cut[] = [];
    const killedIn: number[] = [];
    let next: Loss | undefined;
    const rig = await this.#open(log, () =>
      next === undefined || next.kind === "kill" ? undefined : planned(next),
    );
    try {
      for (const loss of run) {
        next = loss;
        const device = rig.start();
        const timer =
          loss.kind === "kill"
            ? setTimeout(() => {
                void device.kill();
              }, loss.ms)
            : undefined;
        const from = log.events.length;
        const end = await within(
          LIMIT_MS,
          "the update",
          Promise.race([rig.outcome.then(() => "whole" as const), device.ended]),
        );
        clearTimeout(timer);
        if (end === "whole" && loss.kind === "kill") break;
        if (end === "whole")
          return { problem: `the update ended before ${runId([loss])}`, cuts, killedIn, log };
        if (loss.kind === "kill") killedIn.push(log.last("state")?.state ?? -1);
        else if (end === CUT_STATUS) cuts.push(this.#cutIn(log, from, loss));
        else
          return {
            problem: `the emulator ended with status ${end ?? "of a kill"}`,
            cuts,
            killedIn,
            log,
          };
      }
      next = undefined;
      const problem = await this.#end(rig, log, run);
      return { cuts, killedIn, log, ...(problem === undefined ? {} : { problem }) };
    } catch (error) {
      return {
        problem: error instanceof Error ? error.message : String(error),
        cuts,
        killedIn,
        log,
      };
    } finally {
      await rig.close();
    }
  }

  /** The end of the update, and what a device that is powered on after that runs. */
  async #end(rig: Rig, log: EventLog, run: Run): Promise<string | undefined> {
    if (run.length > 0) await rig.cut();
    rig.start();
    const outcome = await rig.finished(LIMIT_MS);
    await rig.cut();
    const before = log.all("boot").length;
    rig.start();
    await within(LIMIT_MS, "the last start", booted(log, before));
    const isNew = runsVersion(log, VERSION_2);
    const { version = "nothing", trial } = log.last("boot") ?? {};
    if (outcome.ok !== isNew) return `the report says ${outcome.code}, and ${version} runs`;
    if (trial === true) return `${version} is still on trial after the report`;
    const isSure = run.every(({ kind }) => kind !== "kill");
    return isSure && !outcome.ok
      ? `power that was cut made the update fail: ${outcome.code}`
      : undefined;
  }

  #cutIn(log: EventLog, from: number, loss: Exclude<Loss, { kind: "kill" }>): Cut {
    for (const event of log.events.slice(from)) {
      const told = event.kind === "serial" ? parseOperation(event.line, this.#parts) : undefined;
      if (told?.isCut === true) return { operation: told.operation, mode: loss.mode };
    }
    throw new Error("the emulator says that power was cut, and the console does not");
  }

  async #open(log: EventLog, cut: () => FlashCut | undefined): Promise<Rig> {
    const source = join(this.#folder, FLASH);
    const first = this.#first;
    const { driver, build } = this.#row;
    const board: RigBoard = {
      ...driver,
      firmware: () => first,
      manufacture(directory) {
        mkdirSync(directory, { recursive: true });
        for (const name of [FLASH, "keys"])
          copyFileSync(join(source, "..", name), join(directory, name));
      },
      start: (directory, events) =>
        new DeviceProcess(
          build.emulator,
          build.machineOptions(join(directory, FLASH), { cut: cut() }),
          events,
        ),
    };
    return Rig.open({
      board,
      log,
      scenario: this.way.scenario,
      size: 0,
      auth: "md5",
      offer: this.#offer,
      provision: { pollSeconds: 0 },
    });
  }
}

function planned(loss: Exclude<Loss, { kind: "kill" }>): FlashCut {
  return loss.kind === "erase"
    ? { erase: loss.offset, mode: loss.mode }
    : { program: loss.offset, mode: loss.mode };
}

/** Resolves when a device has said what it runs once more than `before` times. */
function booted(log: EventLog, before: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (log.all("boot").length > before) resolve();
    };
    log.view(look);
    look();
  });
}
