/**
 * The sim board on the bench: in this process, over real sockets, with every kind of cut. A wrapper
 * can break it on purpose.
 */
import { generateKeyPairSync, type KeyObject, randomFillSync } from "node:crypto";
import type { Datagrams, FlashStatus, Hal, Identity, ResetCause } from "../../../hal/hal.ts";
import { SimBoard } from "../../../hal/sim/board.ts";
import { Restarted } from "../../../hal/sim/boot.ts";
import { UdpPort } from "../../../hal/sim/datagrams.ts";
import { SocketLink } from "../../../hal/sim/socket.ts";
import { CUT_MODES, Power, PowerLoss, type CutMode } from "../../../hal/sim/power.ts";
import { Agent } from "../../conformance/agent.ts";
import type { Carrier } from "../../conformance/channel.ts";
import { patternBytes } from "../../conformance/order.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { buildImage } from "../image.ts";
import { spkiOf } from "../keys.ts";
import type { Bench, BenchCut } from "./driver.ts";
import { freeUdpPort } from "./udp.ts";

const STORE: FlashStatus = { blocks: 4, blockLength: 4096, writeAlign: 16, eraseValue: 0xff };
const SLOT: FlashStatus = { blocks: 6, blockLength: 4096, writeAlign: 16, eraseValue: 0xff };
const PAYLOAD_BYTES = 9000;
export const IDENTITY: Identity = {
  DevId: "urn:uuid:00000000-0000-4000-8000-000000000002",
  Man: "xs-fumo",
  Mod: "sim",
  Lang: "en",
  DevTyp: "device",
  OEM: "xs-fumo",
  FwV: "1.0.0",
  SwV: "1.0",
  HwV: "1.0",
  vendorId: VENDOR_ID,
  classId: CLASS_ID.sim,
};

/**
 * The board as the program sees it, made worse; called at each boot. What it keeps in a closure is
 * durable.
 */
export type Wrapper = (hal: Hal, cause: ResetCause) => Hal;

/**
 * What is switched on: the boot loader runs, and gives the board as the program sees it until the
 * next reset.
 */
export interface Startable {
  start(cause: ResetCause): Hal;
}

/** A kind of board on this bench. */
export interface SimKind {
  readonly board: Startable;
  /** As Bench has them. */
  image(): Uint8Array;
  readonly damages: readonly number[];
}

/** Thrown in the place of a program that never comes back. */
class Hung extends Error {
  override name = "Hung";
}

/** What a kind is made of. */
export interface SimParts {
  readonly power: Power;
  readonly link: SocketLink;
  readonly datagrams: Datagrams;
  readonly key: KeyObject;
  /** Milliseconds that passed, or were skipped, on all boards of the bench. */
  readonly clock: () => number;
  /** A signed image of version `major`; all have one length. */
  build(major: number): Uint8Array;
}

export interface SimBenchOptions {
  readonly store?: FlashStatus;
  readonly slot?: FlashStatus;
  /** False: this bench cannot cut power inside an operation. */
  readonly cuts?: boolean;
  /** The board counts crashes. */
  readonly countsCrashes?: true;
  /** False: only the client asks for a signature. */
  readonly checksSignature?: false;
  /** As Bench has it. */
  readonly randomBoots?: number;
  /** Another kind of board than the sim board. */
  readonly make?: (parts: SimParts) => SimKind;
}

export class SimBench implements Bench {
  readonly cutModes: readonly CutMode[];
  readonly countsCrashes: boolean;
  readonly checksSignature: boolean;
  readonly hasWatchdog = true;
  readonly randomBoots: number | undefined;
  onLine: ((line: string) => void) | undefined;
  readonly #lines: string[] = [];
  readonly #kind: SimKind;
  readonly #power = new Power();
  readonly #link = new SocketLink();
  readonly #wrap: Wrapper;
  readonly #port: Promise<number> = freeUdpPort();
  #pushPort: number | undefined;
  #datagrams: UdpPort | undefined;
  #listens = false;
  #killed = false;
  #bootedAt = 0;
  #skippedMs = 0;

  constructor(wrap: Wrapper = (hal) => hal, options: SimBenchOptions = {}) {
    this.cutModes = options.cuts === false ? [] : CUT_MODES;
    this.countsCrashes = options.countsCrashes === true;
    this.checksSignature = options.checksSignature !== false;
    this.randomBoots = options.randomBoots;
    const key = generateKeyPairSync("ed25519").privateKey;
    const build = (major: number): Uint8Array =>
      new Uint8Array(
        buildImage({
          payload: patternBytes(0, PAYLOAD_BYTES, major),
          version: { major, minor: 0, revision: 0, build: 0 },
          securityCounter: 1,
          vendorId: VENDOR_ID,
          classId: CLASS_ID.sim,
          key,
        }),
      );
    this.#wrap = wrap;
    this.#kind = (options.make ?? simKind(options))({
      power: this.#power,
      link: this.#link,
      datagrams: { receive: (buffer) => this.#datagrams?.receive(buffer) ?? 0 },
      key,
      clock: () => this.#clock(),
      build,
    });
  }

  get image(): Uint8Array {
    return this.#kind.image();
  }

  get damages(): readonly number[] {
    return this.#kind.damages;
  }

  get pushPort(): number | undefined {
    return this.#listens ? this.#pushPort : undefined;
  }

  async run(url: string, cut: BenchCut | undefined): Promise<void> {
    const port = (this.#pushPort ??= await this.#port);
    this.#datagrams = new UdpPort(
      port,
      () => {
        this.#link.wake();
      },
      () => undefined,
    );
    this.#killed = false;
    this.#lines.length = 0;
    this.#power.restore();
    this.#power.cancel();
    if (cut !== undefined)
      this.#power.plan({ at: cut.at, mode: cut.mode as CutMode, seed: cut.at });
    for (let cause: ResetCause | undefined = "power"; cause !== undefined; )
      cause = await this.#boot(url, cause);
    this.#power.cancel();
    this.#datagrams.close();
  }

  kill(): void {
    this.#killed = true;
  }

  type(line: string): void {
    this.#lines.push(line);
    this.#link.wake();
  }

  skip(ms: number): void {
    this.#skippedMs += ms;
    this.#link.wake();
  }

  #clock(): number {
    return performance.now() + this.#skippedMs;
  }

  /** Its console, which is read and written here. */
  #withConsole(hal: Hal): Carrier {
    return {
      ...hal,
      log: (level, source, text) => {
        hal.log(level, source, text);
        this.onLine?.(`${level} ${source}: ${text}`);
      },
      typed: (buffer) => {
        const line = this.#lines.shift();
        return line === undefined ? -1 : new TextEncoder().encodeInto(line, buffer).written;
      },
    };
  }

  /** From one reset to the next: its cause, or undefined when power is gone. */
  async #boot(url: string, cause: ResetCause): Promise<ResetCause | undefined> {
    try {
      const hal = this.#withConsole(this.#wrap(this.#kind.board.start(cause), cause));
      const agent = new Agent(hal, url, {
        hang: () => {
          throw new Hung();
        },
        busy: (ms) => {
          this.#skippedMs += ms;
        },
      });
      this.#listens = hal.datagrams !== undefined;
      this.#bootedAt = this.#clock();
      for (;;) {
        const until = agent.step();
        this.#power.require();
        if (this.#killed) return undefined;
        const wait = until - (this.#clock() - this.#bootedAt);
        await (wait > 0 ? this.#link.activity(Math.min(wait, 20)) : new Promise(setImmediate));
        if (this.#killed) return undefined;
      }
    } catch (error) {
      if (error instanceof PowerLoss) return undefined;
      if (error instanceof Restarted) return "restart";
      return error instanceof Hung ? "watchdog" : "panic";
    }
  }
}

/** The sim board with two slots and a boot selector of its own. */
interface PlainKind extends SimKind {
  readonly board: SimBoard;
}

export function simKind(options: SimBenchOptions = {}): (parts: SimParts) => PlainKind {
  return ({ power, link, datagrams, key, clock, build }) => {
    const image = build(2);
    const board = new SimBoard({
      store: options.store ?? STORE,
      slot: options.slot ?? SLOT,
      identity: IDENTITY,
      link,
      datagrams,
      power,
      keys: new Uint8Array(spkiOf(key)),
      clock,
      random: (bytes) => {
        randomFillSync(bytes);
      },
    });
    board.slots[0].load(build(1));
    return {
      board,
      image: () => image,
      damages: [0, Math.floor(image.length / 2), image.length - 1],
    };
  };
}
