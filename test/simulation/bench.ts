/**
 * A device, a DM server and a package host in this process, on a simulated clock: the real client
 * on the sim board, with whatever goes wrong as data. A run of a whole update takes some
 * milliseconds.
 */
import type { FlashStatus, Hal, ResetCause } from "../../hal/hal.ts";
import { SimBoard } from "../../hal/sim/board.ts";
import { Restarted } from "../../hal/sim/boot.ts";
import { Client } from "../../src/client/client.ts";
import { nonceChange } from "../../src/account/accounts.ts";
import { parseProvision } from "../../src/account/provisioning.ts";
import type { Version } from "../../src/image/version.ts";
import type { UserInterface } from "../../src/user/question.ts";
import type { Encoding } from "../../src/session/encoding.ts";
import { recordChange } from "../../src/store/jsonrecord.ts";
import { Store } from "../../src/store/store.ts";
import { COUNTER_KEY } from "../../src/update/memory.ts";
import { identityOf } from "../rig/boards/simfirmware.ts";
import { CLASS_ID, VENDOR_ID } from "../rig/identity.ts";
import { buildImage, type ImageContent } from "../rig/image.ts";
import { generateKey, spkiOf } from "../rig/keys.ts";
import type { Outcome } from "../rig/server/campaign.ts";
import type { DescriptorOptions } from "../rig/server/descriptor.ts";
import { DmServer } from "../rig/server/dm-server.ts";
import type { ServerEvent } from "../rig/server/event.ts";
import type { Reply, Request } from "../rig/server/exchange.ts";
import type { ServerOptions } from "../rig/server/options.ts";
import { type HostOptions, PackageHost } from "../rig/server/package-host.ts";
import { type Scenario, type ScenarioName, scenarioOf } from "../rig/server/scenario.ts";
import { type Route, SimLink, type TimedLink } from "./link.ts";

const STORE: FlashStatus = { blocks: 8, blockLength: 4096, writeAlign: 16, eraseValue: 0xff };
const SLOT: FlashStatus = { blocks: 16, blockLength: 4096, writeAlign: 16, eraseValue: 0xff };
export const SLOT_BYTES = SLOT.blocks * SLOT.blockLength;
export const OBJECT = "./FwUpdate/Main";
export const CORRELATOR = "bench-1";
const ORIGIN = "http://server:80";
const DM = "http://server/dm";
const PACKAGE = "http://server/package";
const MAKER = { vendorId: VENDOR_ID, classId: CLASS_ID.sim };
const KEY = generateKey("ed25519");
const BOOT_KEYS = new Uint8Array(spkiOf(KEY));
const ACCOUNT = {
  serverId: "rig",
  address: DM,
  auth: "md5",
  name: "device",
  secret: "device-secret",
  serverAuth: "md5",
  serverName: "rig",
  serverSecret: "server-secret",
};
/** A whole message that says nothing. */
const SENSELESS: Reply = {
  status: 200,
  headers: [["content-type", "application/vnd.syncml.dm+xml"]],
  body: Buffer.from("<SyncML/>"),
};
/** Steps of one run without an end: something turns in a circle. */
const STEPS_MAX = 1_000_000;
/** The device is at rest when it wants nothing for so long. */
const REST_MS = 60_000;

export function version(major: number): Version {
  return { major, minor: 0, revision: 0, build: 0 };
}

/** A package for this device: version 2 with security counter 2, unless told otherwise. */
export function packageWith(content: Partial<ImageContent> = {}, bytes = 20_000): Buffer {
  const payload = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; i++) payload[i] = Math.imul(i, 2654435761) >>> 24;
  return buildImage({
    payload,
    version: version(2),
    securityCounter: 2,
    ...MAKER,
    key: KEY,
    ...content,
  });
}

const GENUINE = packageWith();
/** Erase blocks that it takes. */
export const PACKAGE_BLOCKS = Math.ceil(GENUINE.length / SLOT.blockLength);

/** What the device meets: the package it is offered, and how. */
export interface Serving {
  readonly scenario?: ScenarioName | Scenario;
  readonly offer?: Buffer;
  /** PkgURL; the package host's by default. */
  readonly url?: string;
  /** PkgURL names a descriptor. */
  readonly descriptor?: DescriptorOptions;
  readonly host?: Partial<HostOptions>;
  readonly server?: Partial<ServerOptions>;
  /** What the server asks a person before each Exec. */
  readonly ask?: string;
  /** Nobody listens where the packages are. */
  readonly hostGone?: true;
}

export interface BenchOptions extends Serving {
  /** Security counter that this device has confirmed before. */
  readonly counter?: number;
  readonly trialSeconds?: number;
  readonly downloadSeconds?: number;
  readonly packageTypes?: readonly string[];
  readonly allowPrivate?: false;
  readonly account?: Partial<typeof ACCOUNT> & { readonly encoding?: Encoding };
  /** Who is asked before what, and what they say. */
  readonly people?: {
    readonly confirm: "none" | "download" | "update" | "both";
    readonly answers: readonly string[];
  };
  /** A person who is there. */
  readonly userInterface?: UserInterface;
  /** The first nonce, which both sides know in either direction; none by default. */
  readonly nonce?: Uint8Array;
  /** The network; by default one that knows no connections. */
  readonly link?: (route: Route, now: () => number) => TimedLink;
  /** What is wrong with the image of that version; nothing by default. */
  readonly defect?: (version: string, bench: Bench) => Defect | undefined;
}

/** What is wrong with an image: it may `crash` wherever it is called. */
export interface Defect {
  /** What it makes of its board, before its client begins. */
  board?(hal: Hal): Hal;
  client?(client: Client): void;
}

/** Out of an image that dies. */
class Crashed extends Error {
  override name = "Crashed";
}

type Alert = Extract<ServerEvent, { kind: "alert" }>;

export class Bench {
  readonly board: SimBoard;
  readonly link: TimedLink;
  readonly lines: string[] = [];
  events: ServerEvent[] = [];
  /** Simulated milliseconds so far. */
  elapsedMs = 0;
  /** Resets so far, power-on included. */
  starts = 0;
  client: Client;
  /**
   * What is where the DM server should be: the server, nobody, or somebody whose answers make no
   * sense.
   */
  dm: "there" | "gone" | "senseless" = "there";
  /** The application's own test of an image on trial. */
  selfTest: () => boolean = () => true;
  #hal: Hal;
  #provision: ReturnType<typeof parseProvision>;
  #serving: Serving = {};
  #userInterface: UserInterface | undefined;
  #defect: (version: string, bench: Bench) => Defect | undefined;
  /** Why the program that runs has died. */
  #died: ResetCause | undefined;
  #server: DmServer | undefined;
  #host: PackageHost | undefined;

  constructor(options: BenchOptions = {}) {
    const route: Route = (origin, request) => this.#route(origin, request);
    const now = (): number => this.#hal.now();
    this.link = options.link?.(route, now) ?? new SimLink(route, now);
    this.board = new SimBoard({
      store: STORE,
      slot: SLOT,
      link: this.link,
      identity: identityOf(undefined, MAKER),
      keys: BOOT_KEYS,
      log: (level, source, text) => {
        this.lines.push(`${level} ${source}: ${text}`);
      },
    });
    this.board.slots[0].load(packageWith({ version: version(1), securityCounter: 1 }));
    this.#provision = provisionOf(options);
    this.#userInterface = options.userInterface;
    this.#defect = options.defect ?? (() => undefined);
    if (options.counter !== undefined) {
      Store.open(this.board.store).commit([
        recordChange(COUNTER_KEY, { v: 1, counter: options.counter }),
      ]);
    }
    this.serve(options);
    this.#hal = this.board.start("power");
    this.client = this.#start("power");
    if (options.nonce !== undefined) this.#know(options.nonce);
  }

  /** Puts other servers there, with nothing remembered. Theirs is the next outcome. */
  serve(serving: Serving): void {
    const { scenario = "download-and-update", offer = GENUINE, descriptor } = serving;
    const { url = descriptor === undefined ? PACKAGE : `${PACKAGE}.dd` } = serving;
    const emit = (event: ServerEvent): void => {
      this.events.push(event);
    };
    this.#serving = serving;
    this.events = [];
    this.#host = new PackageHost({
      data: offer,
      ...(descriptor === undefined ? {} : { descriptor }),
      ...serving.host,
      emit,
    });
    this.#server = new DmServer({
      url: DM,
      name: "rig",
      client: { type: "md5", name: "device", secret: "device-secret" },
      server: { type: "md5", name: "rig", secret: "server-secret" },
      random: (bytes) => {
        bytes.fill(this.events.length);
      },
      ...serving.server,
      emit,
      scenario: () =>
        typeof scenario !== "string"
          ? scenario
          : scenarioOf(scenario, {
              object: OBJECT,
              data: offer,
              url,
              correlator: CORRELATOR,
              ...(serving.ask === undefined ? {} : { ask: serving.ask }),
            }),
    });
  }

  /** Starts with another account, as after new provisioning. */
  provision(options: BenchOptions): void {
    this.#provision = provisionOf(options);
    this.cut();
  }

  /**
   * The program dies here, and its board resets at the end of this step. Whoever catches what this
   * throws comes to nothing.
   */
  crash(reset: ResetCause): never {
    this.#died = reset;
    this.board.power.fail();
    throw new Crashed(`reset by ${reset}`);
  }

  /** Power fails and returns, or the board is reset for another cause. */
  cut(cause: ResetCause = "power"): void {
    this.client = this.#start(cause);
  }

  /**
   * What the server knows at the end of its scenario, once the device is at rest; undefined when
   * that takes longer than `limitMs`.
   */
  run(limitMs = 86_400_000, watch: () => void = () => undefined): Outcome | undefined {
    const end = this.elapsedMs + limitMs;
    for (let step = 0; step < STEPS_MAX; step++) {
      const next = this.#step();
      const now = this.#hal.now();
      const outcome = this.outcome;
      if (outcome !== undefined && next > now + REST_MS) return outcome;
      watch();
      const wake = Math.min(next, this.link.due());
      if (this.elapsedMs + wake - now > end) return undefined;
      if (wake > now) this.#advance(wake - now);
    }
    throw new Error(`no rest: ${this.lines.slice(-20).join("\n")}`);
  }

  /** Lets so much time pass, whatever happens. */
  pass(ms: number): void {
    const end = this.elapsedMs + ms;
    for (let step = 0; step < STEPS_MAX; step++) {
      const next = Math.min(this.#step(), this.link.due());
      const left = end - this.elapsedMs;
      if (left <= 0) return;
      this.#advance(Math.min(Math.max(next - this.#hal.now(), 0), left));
    }
    throw new Error(`no rest: ${this.lines.slice(-20).join("\n")}`);
  }

  get outcome(): Outcome | undefined {
    return [...(this.#server?.outcomes.values() ?? [])][0];
  }

  /** Generic alerts that have reached the server, in order. */
  get alerts(): readonly Alert[] {
    return this.events.filter((event) => event.kind === "alert");
  }

  /** Status reports of downloads that have reached the package host, in order. */
  get statuses(): readonly string[] {
    return this.#host?.statuses ?? [];
  }

  /** The State that the server read last. */
  get state(): number | undefined {
    return this.events.findLast((event) => event.kind === "state")?.state;
  }

  /** The version that runs. */
  get running(): string {
    return identityOf(this.board.slots[this.board.boot.running().slot === 0 ? 0 : 1], MAKER).FwV;
  }

  /** The most often that a block of the staging slot was erased. */
  get wear(): number {
    return Math.max(...this.board.slots[1].wear);
  }

  /** Erases of all blocks of the staging slot. */
  get erases(): number {
    return this.board.slots[1].wear.reduce((sum, wear) => sum + wear, 0);
  }

  /** The account that was made at the first start has this nonce in both directions. */
  #know(nonce: Uint8Array): void {
    Store.open(this.board.store).commit([
      nonceChange("Main", "client", nonce),
      nonceChange("Main", "server", nonce),
    ]);
    this.cut();
  }

  #step(): number {
    let next = 0;
    let reset: ResetCause | undefined;
    try {
      next = this.client.step();
    } catch (error) {
      if (error instanceof Restarted) reset = "restart";
      else if (this.#died === undefined) throw error;
    }
    reset = this.#died ?? reset;
    if (reset === undefined) return next;
    this.cut(reset);
    return this.#hal.now();
  }

  /** Resets the board until an image runs that does not die at once. */
  #start(cause: ResetCause): Client {
    for (let reset = cause; ; reset = this.#died ?? reset) {
      this.#died = undefined;
      this.link.reset();
      this.#hal = this.board.start(reset);
      this.elapsedMs += this.board.boot.pauseMs;
      this.starts++;
      try {
        return this.#boot();
      } catch (error) {
        if (this.#died === undefined) throw error;
      }
    }
  }

  #boot(): Client {
    const { slot } = this.#hal.boot.running();
    const identity = identityOf(this.board.slots[slot === 0 ? 0 : 1], MAKER);
    const defect = this.#defect(identity.FwV, this);
    const hal = { ...this.#hal, identity };
    const userInterface = this.#userInterface;
    const client = new Client(defect?.board?.(hal) ?? hal, this.#provision, {
      selfTest: () => this.selfTest(),
      ...(userInterface === undefined ? {} : { userInterface }),
    });
    defect?.client?.(client);
    return client;
  }

  #advance(ms: number): void {
    this.board.advance(ms);
    this.elapsedMs += ms;
  }

  #route(origin: string, request: Request): Reply | undefined {
    if (new URL(origin).host !== new URL(ORIGIN).host) return undefined;
    const { dm } = this;
    if (request.url.startsWith("/dm"))
      return dm === "gone"
        ? undefined
        : dm === "senseless"
          ? SENSELESS
          : this.#server?.handle(request);
    return this.#serving.hostGone === true ? undefined : this.#host?.handle(request);
  }
}

function provisionOf(options: BenchOptions): ReturnType<typeof parseProvision> {
  return parseProvision(
    JSON.stringify({
      account: { ...ACCOUNT, ...options.account },
      keys: [spkiOf(KEY).toString("base64")],
      objects: ["Main"],
      allowHttp: true,
      allowPrivate: options.allowPrivate ?? true,
      sessionAtBoot: true,
      pollSeconds: 600,
      trialSeconds: options.trialSeconds ?? 0,
      downloadSeconds: options.downloadSeconds ?? 0,
      packageTypes: options.packageTypes ?? [],
      ...options.people,
    }),
  );
}
