/**
 * Runs of the campaign in XS, on Linux or on bare metal: the same client, flash, boot selector,
 * network and server as on Node.
 */
import { join } from "node:path";
import { BASE_MODULES, buildBlob, BuildError, OUT } from "../../../hal/xs/build.ts";
import type { Cut } from "../../../hal/sim/power.ts";
import { runBlob } from "../../engine.ts";
import type { EngineName } from "../../rig/boards/boards.ts";
import type { Ending } from "./chronicle.ts";
import { ENDING } from "./device.ts";
import { pack, type Setting } from "./setting.ts";

/**
 * Slots of the stack of XS: the board, the network and the server are calls inside those of the
 * client.
 */
const STACK = 4096;

export interface Order {
  readonly setting: Setting;
  readonly cuts: readonly Cut[];
}

/**
 * Runs them one after another: the lines that were told, and how each ended. Throws a BuildError
 * when the engine does not get there.
 */
export function replayElsewhere(
  engine: EngineName,
  orders: readonly Order[],
  every: boolean,
): { lines: string[]; endings: Ending[] } {
  const out = join(OUT, "replay.blob");
  const calls = orders.map(({ setting, cuts }) => {
    return `replay(${JSON.stringify(pack(setting, cuts))}, ${every});\n`;
  });
  buildBlob({
    entry: "test/simulation/campaign/entry",
    out,
    version: "replay",
    positions: true,
    modules: { ...BASE_MODULES, "hal/sim/selector": "test/xs/selectornative" },
    generated: {
      "test/simulation/campaign/entry": `import { replay } from "./device.js";\n${calls.join("")}`,
    },
  });
  const { out: text, ok, how } = runBlob(engine, "replay", out, STACK);
  const all = text
    .replaceAll("\r", "")
    .split("\n")
    .filter((line) => line !== "");
  const lines = all.filter((line) => !line.startsWith(ENDING));
  const endings = all
    .filter((line) => line.startsWith(ENDING))
    .map((line) => JSON.parse(line.slice(ENDING.length)) as Ending);
  if (!ok || endings.length !== orders.length) {
    throw new BuildError(
      `XS ${how} in run ${endings.length + 1} of ${orders.length}\n${lines.slice(-20).join("\n")}`,
    );
  }
  return { lines, endings };
}
