/**
 * One device in the field: the real client on the sim board, the rig's DM server and package host,
 * a network and a person with a finger on the power switch, all in this process, on a simulated
 * clock, repeatable to the byte. Nothing of Node is in it: it runs in XS on every board too.
 */
import type { Hal, ResetCause } from "../../../hal/hal.ts";
import { SimBoard, type SimBoardOptions } from "../../../hal/sim/board.ts";
import { Restarted, Unbootable } from "../../../hal/sim/boot.ts";
import { type Cut, Power, PowerLoss } from "../../../hal/sim/power.ts";
import { Random } from "../../../hal/sim/random.ts";
import { WrittenTwice } from "../../../hal/common/checked.ts";
import { hex } from "../../../src/base/bytes.ts";
import { Sha256 } from "../../../src/base/sha256.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { Client } from "../../../src/client/client.ts";
import { readRecord } from "../../../src/store/jsonrecord.ts";
import { Store } from "../../../src/store/store.ts";
import { RECORD_KEY } from "../../../src/update/journal.ts";
import { securityFloor } from "../../../src/update/memory.ts";
import { decodeRecord } from "../../../src/update/record.ts";
import { DmServer } from "../../rig/server/dm-server.ts";
import type { ServerEvent } from "../../rig/server/event.ts";
import type { Reply, Request } from "../../rig/server/exchange.ts";
import { PackageHost } from "../../rig/server/package-host.ts";
import { scenarioOf, type Scenario, type Step } from "../../rig/server/scenario.ts";
import { SimLink } from "../link.ts";
import { identityOf } from "./identity.ts";
import { PoweredLink } from "./network.ts";
import { DM, SECRETS, type Setting } from "./setting.ts";
import { Trouble } from "./trouble.ts";
import { GEOMETRIES, type Variant } from "./variant.ts";
import { forgets, Violation, Witness } from "./witness.ts";

/** A program that dies. */
class Crash extends Error {}

const OBJECT = "./FwUpdate/Main";
const CORRELATOR = "site";
const MOVED = "http://dm.example/dm/2";
const PACKAGE = "http://dm.example/package";
/** The server reads it after it has changed the account: from then on both know of the change. */
const NAME = "./DMAcc/Main/Name";
/** Turns of the loop in one boot, boots of one run, and boots that each cut adds. */
const TURNS_MAX = 4000;
const BOOTS_MAX = 8;
const BOOTS_PER_CUT = 3;
/** Longest message of the server: the largest package in base64, and the rest. */
const MESSAGE_BYTES_MAX = 24_576;
/** Bytes that arrive at a time are less than a block: a download stops in the middle of each. */
const PIECE_BYTES_MIN = 64;
/** Simulated time of one run: a trial that hears nothing, and pauses between sessions that fail. */
const TIME_MAX_MS = 8 * 3_600_000;
const REST_MS = 30_000;
/** Sessions of one boot after which a device that has lost its record has heard all there is. */
const SESSIONS_MIN = 6;

const CLIENT = { type: "md5", name: "device", secret: "device-secret" } as const;
const SERVER = { type: "md5", name: "rig", secret: "server-secret" } as const;

export class Site {
  readonly power: Power;
  readonly board: SimBoard;
  readonly witness: Witness;
  /** What another board of the same make needs. */
  readonly parts: SimBoardOptions;
  readonly #setting: Setting;
  readonly #powered: PoweredLink;
  readonly #link: SimLink;
  readonly #server: DmServer;
  readonly #host: PackageHost;
  readonly #trouble: Trouble;
  readonly #random: Random;
  #elapsedMs = 0;
  #now: () => number = () => 0;

  /** A new device, with power that fails as planned; or one that goes on from where another is. */
  constructor(setting: Setting, cuts: readonly Cut[] = [], from?: Site) {
    const { variant, images, offer } = setting;
    const { store, slot } = GEOMETRIES[variant.geometry];
    const emit = (event: ServerEvent): void => {
      this.witness.event(event);
    };
    this.#setting = setting;
    this.power = new Power(cuts);
    this.#link = new SimLink(
      (_origin, request) => this.#answer(request),
      () => this.#now(),
    );
    this.#powered = new PoweredLink(
      this.#link,
      this.power,
      Math.max(PIECE_BYTES_MIN, Math.floor(slot.blockLength * 0.7)),
    );
    this.parts = {
      power: this.power,
      store,
      slot,
      identity: identityOf(1),
      seed: 1,
      link: this.#powered,
      keys: setting.bootKeys,
      log: (_level, _source, text) => {
        this.witness.line(text, SECRETS);
      },
    };
    this.board = new SimBoard(this.parts);
    this.#random = from === undefined ? new Random(2) : from.#random.fork();
    const random = (bytes: Uint8Array): void => {
      this.#random.fill(bytes);
    };
    this.#server =
      from !== undefined
        ? from.#server.fork({ emit, random })
        : new DmServer({
            url: DM,
            name: "rig",
            client: CLIENT,
            server: SERVER,
            random,
            emit,
            bytesMax: MESSAGE_BYTES_MAX,
            chunkBytes: variant.geometry === "long" ? Infinity : 400,
            traced: false,
            faults: variant.faults ?? [],
            scenario: () => flow(variant, offer),
          });
    this.#host =
      from !== undefined
        ? from.#host.fork(emit)
        : new PackageHost({ data: offer, faults: variant.hostFaults ?? [], emit });
    this.witness = new Witness(variant, this.board, images, from?.witness);
    this.#trouble = new Trouble(variant.flash, from === undefined ? undefined : from.#trouble);
    this.#trouble.plague(this.board);
    if (from === undefined) {
      this.board.slots[0].load(images.source);
    } else {
      this.board.copyFrom(from.board);
      this.power.operations = from.power.operations;
      this.#elapsedMs = from.#elapsedMs;
    }
  }

  /** Bytes of the package that were downloaded, those that came again included. */
  get downloadedBytes(): number {
    return this.#powered.arrived.get(PACKAGE) ?? 0;
  }

  /** A device that goes on from here as if this one had lost its power now. */
  fork(cuts: readonly Cut[] = []): Site {
    const fork = new Site(this.#setting, cuts, this);
    fork.witness.cut();
    return fork;
  }

  /**
   * All that decides how it goes on from a boot without cuts to come, as bytes and values: device,
   * servers, witness, chance and time. Two sites of one setting that have the same end the same.
   */
  durable(): readonly unknown[] {
    return [
      ...this.board.durable(),
      this.#elapsedMs,
      this.#random.state,
      this.#server.durable(),
      this.#host.durable(),
      this.#trouble.durable(),
      this.witness.durable(),
    ];
  }

  /** Everything durable, in a number: two runs of one replay id have the same. */
  digest(): string {
    const hash = new Sha256();
    const digest = new Uint8Array(32);
    for (const { bytes, wear } of this.board.parts) {
      hash.update(bytes);
      hash.update(new Uint8Array(wear.buffer));
    }
    hash.update(utf8(JSON.stringify([this.board.boot.log, [...this.witness.reports]])));
    hash.digest(digest);
    return hex(digest.subarray(0, 8));
  }

  /**
   * Runs until the server has its outcome and the device wants nothing. Throws a Violation at the
   * first thing that must not be. `known` is asked before each boot, and ends the run by true: the
   * caller has seen how it goes on from here.
   */
  run(known: (cause: ResetCause) => boolean = () => false): void {
    for (let cause: ResetCause = "power"; ; ) {
      if (known(cause)) return;
      if (this.witness.boots > BOOTS_MAX + BOOTS_PER_CUT * this.witness.cuts)
        throw new Violation("P2", `${this.witness.boots} boots`);
      try {
        this.#live(cause);
        return;
      } catch (error) {
        if (this.witness.violation !== undefined) throw this.witness.violation;
        if (error instanceof PowerLoss) this.witness.cut();
        cause = this.#causeOf(error);
        this.#server.forget();
      }
    }
  }

  /** One boot. Ends by returning at rest, or by throwing what ended it. */
  #live(cause: ResetCause): void {
    const hal = this.board.start(cause);
    this.#elapsedMs += this.board.boot.pauseMs;
    const { behaviour } = this.#setting.variant;
    this.#now = hal.now;
    this.witness.booted();
    const updated = this.witness.updated;
    const bad = updated && behaviour !== "good";
    if (bad && behaviour === "crash") throw new Crash();
    this.#link.reset();
    const client = this.#start(hal, updated);
    if (bad && behaviour === "unhealthy") client.engine.unhealthy();
    const sends = this.#link.requests;
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const { exposed } = client.engine.record;
      const { sessions } = client;
      const due = client.step();
      const now = hal.now();
      if (this.witness.violation !== undefined) throw this.witness.violation;
      this.power.require();
      if (bad && behaviour === "crashLate" && this.#link.requests > sends) throw new Crash();
      const proved =
        exposed === true &&
        client.engine.record.exposed === undefined &&
        client.sessions === sessions;
      if (bad && behaviour === "crashProved" && proved) throw new Crash();
      const outcome = [...this.#server.outcomes.values()][0];
      const forgotten = forgets(this.#setting.variant) && client.sessions >= SESSIONS_MIN;
      if ((outcome !== undefined || forgotten) && due > now + REST_MS) {
        this.witness.rested(client.engine.record, outcome?.code ?? 0);
        return;
      }
      const wake = Math.min(due, this.#link.due());
      if (wake > now) this.#wait(wake - now);
    }
    throw new Violation("P2", `no rest in ${client.engine.record.phase}`);
  }

  #answer(request: Request): Reply {
    if (!request.url.startsWith("/dm")) return this.#host.handle(request);
    this.witness.asked(
      request.url,
      "/dm",
      [...this.#server.devices.values()][0]?.campaign?.values.has(NAME) === true,
    );
    return this.#server.handle(request);
  }

  #start(hal: Hal, updated: boolean): Client {
    const plagued = this.#trouble.around(hal, this.board);
    const kept = Store.open(plagued.store);
    const counter = securityFloor(kept);
    this.witness.found(decodeRecord(readRecord(kept, RECORD_KEY)));
    const client = new Client(
      { ...plagued, identity: identityOf(updated ? 2 : 1) },
      this.#setting.provision,
    );
    this.witness.started(client, counter);
    client.engine.onChange = (record) => {
      this.witness.changed(record);
    };
    return client;
  }

  #wait(ms: number): void {
    if (ms === Infinity) throw new Violation("P2", "the device waits for nothing");
    this.#elapsedMs += ms;
    this.board.advance(ms);
    if (this.#elapsedMs > TIME_MAX_MS)
      throw new Violation("P2", `${this.#elapsedMs} ms of simulated time`);
  }

  /**
   * Why the board boots next. A program may die of flash that does not read the same twice; of
   * nothing else.
   */
  #causeOf(error: unknown): ResetCause {
    if (error instanceof PowerLoss) return "power";
    if (error instanceof Restarted) return "restart";
    if (error instanceof Crash) return "panic";
    if (error instanceof Unbootable) throw new Violation("P1", error.message);
    if (error instanceof WrittenTwice) throw new Violation("P7", error.message);
    if (error instanceof Violation || !this.#trouble.unsteady) throw error;
    return "panic";
  }
}

/**
 * The commands of the server: the standard's three ways; where asked, with everything before them,
 * and a change of the account.
 */
function flow(variant: Variant, offer: Uint8Array): Scenario {
  const url = variant.descriptor === true ? `${PACKAGE}.dd` : PACKAGE;
  const scenario = scenarioOf(variant.way, {
    object: OBJECT,
    data: offer,
    url,
    correlator: CORRELATOR,
  });
  if (!variant.account) return { ...scenario, steps: scenario.steps.slice(2) };
  const account: Step = {
    kind: "send",
    within: "Atomic",
    operations: [
      { name: "Replace", uri: "./DMAcc/Main/AppAddr/1/Addr", data: MOVED },
      { name: "Replace", uri: NAME, data: "moved" },
    ],
  };
  const check: Step = { kind: "send", operations: [{ name: "Get", uri: NAME, accept: "any" }] };
  return {
    ...scenario,
    steps: [...scenario.steps.slice(0, 2), account, check, ...scenario.steps.slice(2)],
  };
}
