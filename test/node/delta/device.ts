/** A device in memory that runs an image, and is given packages that are made from it. */
import { vendorKey } from "../../../src/image/key.ts";
import type { ImagePolicy } from "../../../src/image/policy.ts";
import type { FlashStatus } from "../../../hal/hal.ts";
import { Store } from "../../../src/store/store.ts";
import { Engine } from "../../../src/update/engine.ts";
import type { FetchEvent, FetchSink } from "../../../src/update/fetcher.ts";
import type { Refusal } from "../../../src/update/refusal.ts";
import { equal, ok } from "../../check.ts";
import { basePayload, deltaPackage } from "../../rig/delta/package.ts";
import { buildImage } from "../../rig/image.ts";
import { generateKey, spkiOf } from "../../rig/keys.ts";
import { firmware, noise } from "../../unit/base/deltaimages.ts";
import { MemoryBoot, MemoryFlash, policy, ScriptedFetcher } from "../../unit/update/fixture.ts";

const KEY = generateKey("ed25519");
const { vendorId, classId } = policy();
export const facts = { key: KEY, vendorId, classId, securityCounter: 3 };
export const version = (major: number): ImagePolicy["runningVersion"] => ({
  major,
  minor: 0,
  revision: 0,
  build: 0,
});
export const OLD = buildImage({ ...facts, payload: firmware(9000, 0), version: version(1) });
export const PAYLOAD = Buffer.concat([firmware(5000, 64), noise(6000, 9), firmware(3000, 640)]);
export const NEW = buildImage({ ...facts, payload: PAYLOAD, version: version(2) });
export const DELTA = deltaPackage(NEW, OLD);
export const SLOT = { blocks: 32, blockLength: 512, writeAlign: 16, eraseValue: 0xff };
const STORE = { blocks: 8, blockLength: 4096, writeAlign: 4, eraseValue: 0xff };

export class Device {
  readonly slot: MemoryFlash;
  readonly base: Buffer;
  #flash = new MemoryFlash(STORE);
  fetcher = new ScriptedFetcher();
  engine: Engine;
  /** Bytes of the package that came. */
  fetched = 0;
  hasBase = true;
  /** Reads of base fail. */
  broken = false;
  /** Reads of base so far, and bytes of them. */
  reads = 0;
  bytesRead = 0;

  constructor(slot: FlashStatus = SLOT, running = OLD) {
    this.base = Buffer.from(basePayload(running));
    this.slot = new MemoryFlash(slot);
    for (let block = 0; block < STORE.blocks; block++) this.#flash.eraseBlock(block);
    this.engine = this.reset();
  }

  store(): Store {
    return Store.open(this.#flash);
  }

  reset(): Engine {
    const key = vendorKey(spkiOf(KEY));
    ok(key !== undefined);
    this.fetcher = new ScriptedFetcher();
    const { base } = this;
    const { blocks, blockLength } = this.slot.status();
    this.engine = new Engine({
      store: this.store(),
      staging: this.slot,
      base: {
        length: this.hasBase ? base.length : 0,
        read: (buffer, offset) => {
          this.reads++;
          this.bytesRead += buffer.length;
          if (this.broken) throw Object.assign(new Error("base"), { kind: "device" });
          ok(offset >= 0 && offset + buffer.length <= base.length, "outside of base");
          buffer.set(base.subarray(offset, offset + buffer.length));
        },
      },
      boot: new MemoryBoot(),
      policy: { ...policy(), keys: [key], capacity: blocks * blockLength },
      fetcher: this.fetcher,
      log: () => undefined,
    });
    this.engine.boot();
    return this.engine;
  }

  /**
   * Serves at most `count` bytes of a package, as much at a time as there is room for; from where
   * it was asked for, unless `from` says something else; in so many steps at most.
   */
  serve(bytes: Uint8Array, count = Infinity, from?: number, turns = 2000): void {
    let left = count;
    let at = from ?? this.fetcher.started.at(-1)?.from ?? 0;
    const line = (sink: FetchSink): FetchEvent => {
      const part = bytes.subarray(at, at + Math.min(sink.room, left, 700));
      const refused = sink.accept(bytes.length, "e") ?? sink.write(part);
      if (refused !== undefined) return { type: "failed", reason: refused };
      at += part.length;
      left -= part.length;
      this.fetched += part.length;
      return at === bytes.length ? { type: "done" } : { type: "wait", until: 0 };
    };
    for (let turn = 0; turn < turns && this.engine.record.phase === "downloading"; turn++) {
      if (left <= 0) return;
      this.fetcher.script = [
        (sink) => {
          if (at === 0) at = from ?? this.fetcher.started.at(-1)?.from ?? 0;
          return line(sink);
        },
      ];
      this.engine.step(0);
    }
  }

  /** Pushes the next bytes, and works them off. */
  write(bytes: Uint8Array): Refusal | undefined {
    let refused = this.engine.write(bytes);
    while (refused === undefined && this.engine.working) refused = this.engine.work();
    return refused;
  }

  /** Nothing comes, and what came is worked off. Returns where the download goes on. */
  pause(): number {
    for (let turn = 0; turn < 9 && this.engine.record.phase === "downloading"; turn++) {
      this.fetcher.script = [() => ({ type: "wait", until: 0 })];
      this.engine.step(0);
    }
    return this.fetcher.started.at(-1)?.from ?? 0;
  }

  settle(): void {
    for (let turn = 0; turn < 200; turn++) if (this.engine.step(0) > 0) return;
  }

  isWhole(image = NEW): boolean {
    const { bytes } = this.slot;
    return Buffer.compare(bytes.subarray(0, image.length), image) === 0;
  }
}

export function start(device: Device): void {
  equal(device.engine.start("http://a/b", "x", "o", false), undefined);
}
