/** hal/mcuboot on the bench, over the model of the boot loader. */
import { createHash, randomFillSync, randomInt } from "node:crypto";
import { CheckedFlash } from "../../../hal/common/checked.ts";
import type { FlashStatus, Hal } from "../../../hal/hal.ts";
import { McubootBoot, SecondarySlot } from "../../../hal/mcuboot/boot.ts";
import { Restarted } from "../../../hal/sim/boot.ts";
import { SimFlash } from "../../../hal/sim/flash.ts";
import { McubootModel } from "./mcubootmodel.ts";
import { IDENTITY, SimBench, type SimKind, type SimParts } from "./simbench.ts";

const STORE: FlashStatus = { blocks: 4, blockLength: 4096, writeAlign: 8, eraseValue: 0xff };
/** Of the unprotected records that buildImage writes: their head, and the digest's. */
const DIGEST_AT = 8;
const PROOF_BYTES = 144;

/** Images whose bytes are those that were built, digest included. */
function isValid(slot: SimFlash, images: readonly Uint8Array[]): boolean {
  const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
  return images.some((image) => hash(slot.bytes.subarray(0, image.length)) === hash(image));
}

/** `maxAlign` is what MCUboot was built with; the flash is written by as many bytes. */
export function mcubootBench(maxAlign = 8): SimBench {
  return new SimBench(undefined, { countsCrashes: true, make: (parts) => kind(parts, maxAlign) });
}

function kind({ power, link, datagrams, clock, build }: SimParts, maxAlign: number): SimKind {
  const status: FlashStatus = {
    blocks: 7,
    blockLength: 4096,
    writeAlign: maxAlign,
    eraseValue: 0xff,
  };
  const [first, second, third] = [build(1), build(2), build(3)];
  const model = new McubootModel(power, status, maxAlign, (slot) =>
    isValid(slot, [first, second, third]),
  );
  const store = new SimFlash(power, { ...STORE, writeAlign: maxAlign }, "store");
  model.primary.load(first);
  let word = 0;
  const start = (cause: Parameters<SimKind["board"]["start"]>[0]): Hal => {
    power.restore();
    model.reset(cause);
    const bootedAt = clock();
    if (cause === "power") word = randomInt(2 ** 32);
    const staging = new SecondarySlot(new CheckedFlash(model.secondary), maxAlign, 1);
    const boot = new McubootBoot({
      primary: new CheckedFlash(model.primary),
      secondary: staging,
      maxAlign,
      cause: () => cause,
      retained: {
        read: () => word,
        write: (value) => {
          word = value;
        },
      },
      reset: () => {
        power.require();
        throw new Restarted("restart");
      },
    });
    return {
      store: new CheckedFlash(store),
      staging,
      boot,
      link,
      identity: IDENTITY,
      datagrams,
      now: () => clock() - bootedAt,
      random: (bytes) => {
        randomFillSync(bytes);
      },
      log: () => undefined,
    };
  };
  return {
    board: { start },
    image: () => (isValid(model.primary, [second]) ? third : second),
    damages: [0, Math.floor(second.length / 2), second.length - PROOF_BYTES + DIGEST_AT],
  };
}
