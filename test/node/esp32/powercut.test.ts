/**
 * The ESP32 board over the fake of ESP-IDF loses its power in each flash operation of a whole
 * update: slot, store and otadata, before, torn and after. Started again, it always ends with
 * version 2 and one result, 200. So does one whose boot loader has fallen back: otadata selects the
 * other slot, in which nothing boots.
 *
 * A failure prints which: `XS_FUMO_CUT_AT=operation:mode` cuts there again, `operation:mode:fallen`
 * after a fall-back.
 */
import { deepStrictEqual, ok } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ESP32_RUNNER, esp32Fake } from "../../rig/boards/esp32fake.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { DeviceProcess } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { VERSION_2 } from "../../rig/workshop.ts";
import { prebuilt } from "../rig/prebuilt.ts";
import { selectsOther } from "./otadata.ts";

const MODES = ["before", "torn", "after"] as const;
const AT_ONCE = 3;
const LIMIT_MS = 300_000;
/**
 * From verification on: arm, trial, confirm and report. They are cut in every mode, the others in
 * one after the other.
 */
const LAST_OPERATIONS = 40;
/**
 * After a fall-back the first operations select the slot that runs: two in NVS, four in otadata.
 * They are cut in every mode, and the last ones in one.
 */
const SELECTING_OPERATIONS = 6;
const FALLEN_OPERATIONS = 20;

type Mode = (typeof MODES)[number];
interface Cut {
  readonly operation: number;
  readonly mode: Mode;
  /** The boot loader has fallen back before. */
  readonly fallen: boolean;
}

/** One update, cut at that operation of the run, restarts included. False: it was over before. */
async function survives(board: RigBoard, { operation, mode, fallen }: Cut): Promise<boolean> {
  const state = mkdtempSync(join(tmpdir(), "esp32-cut-"));
  try {
    if (fallen) writeFileSync(join(state, "otadata.flash"), selectsOther());
    return await survivesIn(state, board, operation, mode);
  } catch (error) {
    const where = `XS_FUMO_CUT_AT=${operation}:${mode}${fallen ? ":fallen" : ""}`;
    throw new Error(`${where} ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

async function survivesIn(
  state: string,
  board: RigBoard,
  operation: number,
  mode: Mode,
): Promise<boolean> {
  const log = new EventLog("esp32-fake");
  const words = ["--cut", `${operation}`, "--cut-mode", mode];
  let powered = 0;
  const once: RigBoard = {
    ...board,
    start: (directory) =>
      new DeviceProcess(
        ESP32_RUNNER,
        ["--state", directory, ...(powered++ === 0 ? words : [])],
        log,
      ),
  };
  const provision = { pollSeconds: 1 };
  const rig = await Rig.open({
    board: once,
    log,
    scenario: "download-and-update",
    size: 0,
    auth: "md5",
    provision,
    state,
  });
  try {
    const cut = await Promise.race([
      rig.start().ended.then(() => true),
      rig.outcome.then(() => false),
    ]);
    if (cut) rig.start();
    const outcome = await rig.finished(LIMIT_MS);
    deepStrictEqual(
      [outcome.ok, outcome.code, runsVersion(log, VERSION_2)],
      [true, 200, true],
      outcome.text,
    );
    const alerts = log.all("alert").map(({ type, uri, data }) => `${type} ${uri} ${data}`);
    deepStrictEqual(
      [...new Set(alerts)].map((alert) => alert.endsWith(" 200")),
      [true],
      alerts.join("\n"),
    );
    ok(
      !log
        .all("serial")
        .some(({ line }) => line.includes("version 1.0.0 runs from slot 0, on trial")),
      "what ran before is on trial",
    );
    return cut;
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

test("power lost in any flash operation still gives version 2 and one 200", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "esp32-cut-"));
  const failures: string[] = [];
  try {
    const board = prebuilt(folder, esp32Fake);
    const [again, mode = "torn", fallen] = (process.env.XS_FUMO_CUT_AT ?? "").split(":");
    if (again) {
      ok(
        await survives(board, {
          operation: Number(again),
          mode: MODES.find((known) => known === mode) ?? "torn",
          fallen: fallen !== undefined,
        }),
      );
      return;
    }
    let next = 1;
    let total = Infinity;
    const attempt = async (cut: Cut): Promise<void> => {
      await survives(board, cut).then(
        (happened) => {
          if (!happened) total = Math.min(total, cut.operation - 1);
        },
        (error: Error) => {
          failures.push(error.message);
        },
      );
    };
    const each = async (): Promise<void> => {
      while (next <= total && failures.length < 5) {
        await attempt({
          operation: next,
          mode: MODES[next++ % MODES.length] ?? "torn",
          fallen: false,
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, each));
    const rest: Cut[] = [];
    for (let operation = total; operation > total - LAST_OPERATIONS; operation--) {
      rest.push(
        ...MODES.filter((_, index) => index !== operation % MODES.length).map((mode) => ({
          operation,
          mode,
          fallen: false,
        })),
      );
    }
    for (let operation = 1; operation <= SELECTING_OPERATIONS; operation++) {
      rest.push(...MODES.map((mode) => ({ operation, mode, fallen: true })));
    }
    for (
      let operation = total + SELECTING_OPERATIONS, left = FALLEN_OPERATIONS;
      left > 0;
      operation--, left--
    ) {
      rest.push({ operation, mode: MODES[operation % MODES.length] ?? "torn", fallen: true });
    }
    const finish = async (): Promise<void> => {
      for (let one = rest.pop(); one !== undefined && failures.length < 5; one = rest.pop())
        await attempt(one);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, finish));
    ok(failures.length === 0, failures.join("\n\n"));
    context.diagnostic(
      `${total} operations, the last ${LAST_OPERATIONS} of them in ${MODES.length} modes`,
    );
    ok(total > 100, `${total} operations are no whole update`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
