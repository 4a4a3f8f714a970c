/** The events of flash are what is on flash: on the boards that keep it in files. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RigBoard } from "../../rig/boards/board.ts";
import { host, HOST_PARTS, RUNNER } from "../../rig/boards/host.ts";
import { sim } from "../../rig/boards/sim.ts";
import { SIM_PARTS } from "../../rig/boards/simgeometry.ts";
import { DeviceProcess } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { type FlashFilePart, watchFlash } from "../../rig/flashwatch.ts";
import { Fold } from "../../rig/page/model/world.ts";
import { Rig } from "../../rig/rig.ts";

const LIMIT_MS = 240_000;

function open(board: RigBoard, log: EventLog): Promise<Rig> {
  return Rig.open({ board, log, scenario: "download-and-update", size: 0, auth: "md5" });
}

/** Returns the end of what is programmed in each block of a file. */
function endsOf(path: string, { blocks, blockLength, eraseValue }: FlashFilePart["status"]) {
  const bytes = readFileSync(path);
  return Array.from({ length: blocks }, (_, block) => {
    const part = bytes.subarray(block * blockLength, (block + 1) * blockLength);
    let end = part.length;
    while (end > 0 && part[end - 1] === eraseValue) end--;
    return end;
  });
}

for (const [board, parts] of [
  [sim, SIM_PARTS],
  [host, HOST_PARTS],
] as const)
  test(`board ${board.name}: after an update each block has what the events say`, async () => {
    const log = new EventLog(board.name);
    const rig = await open(board, log);
    try {
      rig.start();
      ok((await rig.finished(LIMIT_MS)).ok);
      await rig.switchOff();
      strictEqual(log.all("geometry").length, 1);
      const { partitions, operations } = new Fold().at(log.events, log.events.length);
      ok(operations > 50, `${operations} operations`);
      for (const { name, file, status } of parts) {
        const cells = partitions.get(name)?.cells ?? [];
        const ends = endsOf(join(rig.directory, file), status);
        // Programming may end with bytes that have the erased value.
        const beyond = ends.filter((end, i) => end > (cells[i]?.fill ?? 0) * status.blockLength);
        deepStrictEqual(beyond, [], name);
        deepStrictEqual(
          cells.map(({ fill }) => fill > 0),
          ends.map((end) => end > 0),
          name,
        );
      }
    } finally {
      await rig.close();
    }
  });

test("board host: an operation that a power cut tears is shown torn, and last", async () => {
  const at = 40;
  const log = new EventLog("host");
  const torn: RigBoard = {
    ...host,
    start: (directory) => {
      const words = ["--state", directory, "--cut", `${at}`, "--cut-mode", "torn"];
      const flash = watchFlash(log, directory, HOST_PARTS);
      return new DeviceProcess(RUNNER, words, log, { flash });
    },
  };
  const rig = await open(torn, log);
  try {
    await rig.start().ended;
    const operations = log.all("flashop");
    deepStrictEqual(
      operations.filter((event) => event.torn !== undefined).map(({ n }) => n),
      [at],
    );
    strictEqual(operations.at(-1)?.n, at);
  } finally {
    await rig.close();
  }
});

test("a write over the edge of a block is one operation on two blocks, and counts go on", () => {
  const log = new EventLog("host");
  const line = watchFlash(log, "/nowhere", HOST_PARTS);
  line("erase store.flash 4096 4096");
  line("write store.flash 4000 200");
  line("nonsense");
  watchFlash(log, "/nowhere", HOST_PARTS)("erase store.flash 4096 4096 torn");
  deepStrictEqual(
    log
      .all("flashop")
      .map(({ op, block, from, bytes, n, erases, torn }) => [
        op,
        block,
        from,
        bytes,
        n,
        erases,
        torn,
      ]),
    [
      ["erase", 1, 0, 4096, 1, 1, undefined],
      ["write", 0, 4000, 96, 2, 0, undefined],
      ["write", 1, 0, 104, 2, 1, undefined],
      ["erase", 1, 0, 4096, 3, 2, "torn"],
    ],
  );
});
