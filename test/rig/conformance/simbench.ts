/** The sim board on the bench: in this process, over real sockets, with every kind of cut. A wrapper can break it on purpose. */
import { generateKeyPairSync, randomFillSync } from "node:crypto";
import type { Flash, FlashStatus, Hal, Identity, ResetCause } from "../../../hal/hal.ts";
import { SimBoard } from "../../../hal/sim/board.ts";
import { Restarted } from "../../../hal/sim/boot.ts";
import { HttpLink } from "../../../hal/sim/http.ts";
import { CUT_MODES, Power, PowerLoss, type CutMode } from "../../../hal/sim/power.ts";
import { type VendorKey, vendorKey } from "../../../src/image/key.ts";
import { ImageVerifier } from "../../../src/image/verifier.ts";
import { Agent } from "../../conformance/agent.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { buildImage, imageLength } from "../image.ts";
import { spkiOf } from "../keys.ts";
import type { Bench, BenchCut } from "./driver.ts";

const STORE: FlashStatus = { blocks: 4, blockLength: 4096, writeAlign: 16, eraseValue: 0xff };
const SLOT: FlashStatus = { blocks: 6, blockLength: 4096, writeAlign: 16, eraseValue: 0xff };
const PAYLOAD_BYTES = 9000;
const IDENTITY: Identity = {
  DevId: "urn:uuid:00000000-0000-4000-8000-000000000002", Man: "xs-fumo", Mod: "sim", Lang: "en", DevTyp: "device", OEM: "xs-fumo",
  FwV: "1.0.0", SwV: "1.0", HwV: "1.0", vendorId: VENDOR_ID, classId: CLASS_ID.sim,
};

/** The board as the program sees it, made worse; called at each boot. What it keeps in a closure is durable. */
export type Wrapper = (hal: Hal, cause: ResetCause) => Hal;

export interface SimBenchOptions {
  readonly store?: FlashStatus;
  readonly slot?: FlashStatus;
  /** False: this bench cannot cut power inside an operation. */
  readonly cuts?: boolean;
}

export class SimBench implements Bench {
  readonly cutModes: readonly CutMode[];
  readonly image: Uint8Array;
  readonly damages: readonly number[];
  readonly #board: SimBoard;
  readonly #power = new Power();
  readonly #link = new HttpLink();
  readonly #wrap: Wrapper;
  #killed = false;
  #bootedAt = 0;

  constructor(wrap: Wrapper = (hal) => hal, options: SimBenchOptions = {}) {
    this.cutModes = options.cuts === false ? [] : CUT_MODES;
    const { privateKey } = generateKeyPairSync("ed25519"), key = vendorKey(new Uint8Array(spkiOf(privateKey)));
    const build = (major: number): Uint8Array => new Uint8Array(buildImage({
      payload: Buffer.alloc(PAYLOAD_BYTES, major), version: { major, minor: 0, revision: 0, build: 0 }, securityCounter: 1,
      vendorId: VENDOR_ID, classId: CLASS_ID.sim, key: privateKey,
    }));
    this.#wrap = wrap;
    this.image = build(2);
    this.damages = [0, Math.floor(this.image.length / 2), this.image.length - 1];
    this.#board = new SimBoard({
      store: options.store ?? STORE, slot: options.slot ?? SLOT, identity: IDENTITY, link: this.#link, power: this.#power,
      bootable: (slot) => key !== undefined && isBootable(slot, key), clock: () => performance.now(),
      random: (bytes) => { randomFillSync(bytes); },
    });
    this.#board.slots[0].load(build(1));
  }

  async run(url: string, cut: BenchCut | undefined): Promise<void> {
    this.#killed = false;
    this.#power.restore();
    this.#power.cancel();
    if (cut !== undefined) this.#power.plan({ at: cut.at, mode: cut.mode as CutMode, seed: cut.at });
    for (let cause: ResetCause | undefined = "power"; cause !== undefined;) cause = await this.#boot(url, cause);
    this.#power.cancel();
  }

  kill(): void {
    this.#killed = true;
  }

  /** From one reset to the next: its cause, or undefined when power is gone. */
  async #boot(url: string, cause: ResetCause): Promise<ResetCause | undefined> {
    try {
      const hal = this.#wrap(this.#board.start(cause), cause), agent = new Agent(hal, url);
      this.#bootedAt = performance.now();
      for (;;) {
        const until = agent.step();
        this.#power.require();
        if (this.#killed) return undefined;
        const wait = until - (performance.now() - this.#bootedAt);
        await (wait > 0 ? this.#link.activity(Math.min(wait, 20)) : new Promise(setImmediate));
        if (this.#killed) return undefined;
      }
    } catch (error) {
      if (error instanceof PowerLoss) return undefined;
      if (error instanceof Restarted) return "restart";
      return "panic";
    }
  }
}

/** What the bootloader of this board checks: structure, digest, signature. */
function isBootable(slot: Flash, key: VendorKey): boolean {
  const read = (buffer: Uint8Array, offset: number): void => { slot.read(buffer, offset); };
  const { blocks, blockLength } = slot.status(), capacity = blocks * blockLength, length = imageLength(read, capacity);
  if (length === undefined) return false;
  const verdict = new ImageVerifier(read, length, {
    keys: [key], vendorId: VENDOR_ID, classId: CLASS_ID.sim, capacity, securityCounter: 0, allowDowngrade: true,
    runningVersion: { major: 0, minor: 0, revision: 0, build: 0 },
  }).step(Infinity);
  return verdict !== undefined && typeof verdict !== "string";
}
