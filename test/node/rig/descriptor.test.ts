/**
 * Whole updates by a download descriptor (OMA Download 1.0) over real sockets: on the simulated
 * board, and on XS.
 */
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { BOARDS } from "../../rig/boards/boards.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, type RigOptions, runsVersion } from "../../rig/rig.ts";
import { VERSION_1, VERSION_2 } from "../../rig/workshop.ts";

/** The result, and the statuses that the host of the descriptor was told. */
async function update(
  board: "sim" | "host",
  more: Partial<RigOptions>,
): Promise<{
  readonly code: number;
  readonly statuses: readonly string[];
  readonly log: EventLog;
}> {
  const log = new EventLog(board);
  const rig = await Rig.open({
    board: BOARDS[board],
    log,
    scenario: "download-and-update",
    size: 0,
    auth: "md5",
    descriptor: true,
    ...more,
  });
  try {
    rig.start();
    const { code } = await rig.finished(300_000);
    const statuses = (): readonly string[] => log.all("download").map(({ text }) => text);
    for (let look = 0; look < 3000 && statuses().length === 0; look++) await setTimeout(100);
    return { code, log, statuses: statuses() };
  } finally {
    await rig.close();
  }
}

for (const board of ["sim", "host"] as const) {
  test(`board ${board}: a descriptor: 200 for the DM server, 900 for the host`, async () => {
    const { code, statuses, log } = await update(board, {});
    deepStrictEqual([code, statuses, runsVersion(log, VERSION_2)], [200, ["900 Success"], true]);
  });
}

test("board host: a descriptor, package and report, each lost once: 200 and 900", async () => {
  const { code, statuses, log } = await update("host", {
    hostFaults: [
      { what: "lose", at: 1, on: "descriptor" },
      { what: "truncate", bytes: 30_000, at: 1 },
      { what: "status", status: 503, at: 1, on: "status" },
    ],
  });
  deepStrictEqual([code, statuses, runsVersion(log, VERSION_2)], [200, ["900 Success"], true]);
});

test("board host: a descriptor with a wrong size: 402 and 905, version 1 runs on", async () => {
  const { code, statuses, log } = await update("host", {
    descriptor: { elements: { size: "1234" } },
  });
  deepStrictEqual([code, statuses], [402, ["905 Attribute mismatch"]]);
  ok(runsVersion(log, VERSION_1));
});
