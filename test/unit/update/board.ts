/** A board in memory with an engine on it. */
import { equal } from "../../check.ts";
import type { ImagePolicy } from "../../../src/image/policy.ts";
import { Store } from "../../../src/store/store.ts";
import { Engine } from "../../../src/update/engine.ts";
import type { FetchEvent, FetchSink } from "../../../src/update/fetcher.ts";
import { MemoryBoot, MemoryFlash, policy, ScriptedFetcher, signedImage } from "./fixture.ts";

export const IMAGE = signedImage();

/** A board that can be reset: what is durable stays. */
export class Board {
  readonly boot = new MemoryBoot();
  readonly slot = new MemoryFlash({ blocks: 4, blockLength: 256, writeAlign: 4, eraseValue: 0xff });
  readonly log: string[] = [];
  readonly phases: string[] = [];
  fetcher = new ScriptedFetcher();
  engine: Engine;
  store: Store;
  /** From the next reset on: people are asked before a download. */
  asks = false;
  #flash = new MemoryFlash({ blocks: 8, blockLength: 4096, writeAlign: 4, eraseValue: 0xff });

  constructor() {
    for (let block = 0; block < 8; block++) this.#flash.eraseBlock(block);
    this.store = Store.open(this.#flash);
    this.engine = this.reset();
  }

  reset(overrides: Partial<ImagePolicy> = {}, trialDeadlineMs?: number): Engine {
    this.store = Store.open(this.#flash);
    this.fetcher = new ScriptedFetcher();
    this.engine = new Engine({
      store: this.store,
      staging: this.slot,
      boot: this.boot,
      policy: { ...policy(), ...overrides },
      fetcher: this.fetcher,
      log: (_level, text) => {
        this.log.push(text);
      },
      askBeforeDownload: this.asks,
      ...(trialDeadlineMs === undefined ? {} : { trialDeadlineMs }),
    });
    this.engine.onChange = (record) => {
      this.phases.push(record.phase);
    };
    this.engine.boot();
    return this.engine;
  }

  push(image = IMAGE): void {
    equal(this.engine.open(image.length, "x"), undefined);
    for (let at = 0; at < image.length; at += 100)
      equal(this.engine.write(image.subarray(at, at + 100)), undefined);
    equal(this.engine.close(), undefined);
  }

  /** Steps until the engine waits or restarts. */
  settle(): void {
    for (let turn = 0; turn < 50; turn++) {
      let next: number;
      try {
        next = this.engine.step(0);
      } catch (error) {
        if (error instanceof Error && error.name === "Gone") return;
        throw error;
      }
      if (next > 0) return;
    }
    throw new Error(`no rest in ${this.engine.record.phase}`);
  }

  /** A pushed package, installed, on trial. */
  trial(): void {
    this.push();
    this.settle();
    equal(this.engine.install("x", "install"), undefined);
    this.settle();
    this.boot.slot = 1;
    this.boot.trial = true;
    this.reset();
  }
}

/** A line of a script: the whole package in one answer. */
export const serve =
  (image: Uint8Array) =>
  (sink: FetchSink): FetchEvent => {
    const refused = sink.accept(image.length, "e") ?? sink.write(image);
    return refused === undefined ? { type: "done" } : { type: "failed", reason: refused };
  };
