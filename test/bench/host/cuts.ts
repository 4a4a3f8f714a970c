/**
 * What a power cut costs a download, and what an undisturbed one costs the flash: each operation of
 * an update cut, simulated.
 */
import { CUT_MODES } from "../../../hal/sim/power.ts";
import { parseReplayId } from "../../simulation/campaign/id.ts";
import { settingOf } from "../../simulation/campaign/keys.ts";
import { Site } from "../../simulation/campaign/site.ts";
import { GEOMETRIES } from "../../simulation/campaign/variant.ts";
import type { Figure } from "../figure.ts";

/** Two blocks of 4096 bytes, and several of 128. */
const VARIANTS = ["download,good,sixteen", "download,good,bytes"];

/** Cuts each operation of an update once in each mode: a second or two. */
export function cutFigures(): readonly Figure[] {
  return VARIANTS.flatMap((text) => {
    const { variant } = parseReplayId(text);
    const setting = settingOf(variant);
    const { blockLength } = GEOMETRIES[variant.geometry].slot;
    const group = `simulated, a package of ${setting.offer.length} B in blocks of ${blockLength} B`;
    const whole = new Site(setting);
    whole.run();
    let most = 0;
    let sum = 0;
    let cuts = 0;
    for (let at = 1; at <= whole.power.operations; at++) {
      for (const mode of CUT_MODES) {
        const site = new Site(setting, [{ at, mode, seed: 1 }]);
        site.run();
        const again = site.downloadedBytes - setting.offer.length;
        most = Math.max(most, again);
        sum += again;
        cuts++;
      }
    }
    return [
      {
        group,
        name: "slot: erases of a block at most",
        value: Math.max(...whole.board.slots[1].wear),
        unit: "",
        floor: 1,
        budget: 1,
      },
      {
        group,
        name: "downloaded again after a cut at most",
        value: most,
        unit: "B",
        budget: blockLength,
      },
      {
        group,
        name: "the same, mean of all cuts",
        value: sum / cuts,
        unit: "B",
        budget: blockLength,
      },
    ];
  });
}
