/**
 * A device on the sim board that an attacker's network answers: everything it asks is seen,
 * everything it hears is made up.
 */
import { SimBoard } from "../../../hal/sim/board.ts";
import { Restarted } from "../../../hal/sim/boot.ts";
import { Client } from "../../../src/client/client.ts";
import { parseProvision, type Provision } from "../../../src/account/provisioning.ts";
import { spkiOf } from "../../rig/keys.ts";
import type { Reply, Request } from "../../rig/server/exchange.ts";
import { CLASS_ID, VENDOR_ID } from "../../simulation/campaign/identity.ts";
import { firmware, VENDOR } from "../../simulation/campaign/keys.ts";
import { SimLink } from "../../simulation/link.ts";

export const SECRETS = ["device-secret", "server-secret"];
export const DM = "http://dm.example/dm";
const BOOT_KEYS = new Uint8Array(spkiOf(VENDOR));

/** The account that a target has from the factory. */
export const FACTORY = {
  serverId: "rig",
  address: DM,
  auth: "md5",
  name: "device",
  secret: "device-secret",
  serverAuth: "md5",
  serverName: "rig",
  serverSecret: "server-secret",
};

/** What the attacker answers; undefined: nobody listens. */
export type Answer = (request: Request, origin: string) => Reply | undefined;

export class Target {
  readonly board: SimBoard;
  readonly lines: string[] = [];
  /** Origins and paths that were asked for. */
  readonly asked: string[] = [];
  client: Client;
  #hal: ReturnType<SimBoard["start"]>;
  readonly #link: SimLink;
  readonly #provision: Provision;
  readonly #datagrams: Uint8Array[] = [];

  /** Another `seed` is another device's chance. */
  constructor(answer: Answer, provision: object = {}, seed = 1) {
    this.#link = new SimLink(
      (origin, request) => {
        this.asked.push(`${origin}${request.url}`);
        return answer(request, origin);
      },
      () => this.#hal.now(),
    );
    const identity = {
      DevId: "target",
      Man: "m",
      Mod: "m",
      Lang: "en",
      DevTyp: "d",
      OEM: "o",
      SwV: "1",
      HwV: "1",
      FwV: "1.0.0",
      vendorId: VENDOR_ID,
      classId: CLASS_ID,
    };
    this.board = new SimBoard({
      store: { blocks: 8, blockLength: 4096, writeAlign: 4, eraseValue: 0xff },
      slot: { blocks: 16, blockLength: 4096, writeAlign: 4, eraseValue: 0xff },
      identity,
      link: this.#link,
      seed,
      datagrams: { receive: (buffer) => take(this.#datagrams, buffer) },
      keys: BOOT_KEYS,
      log: (_level, source, text) => {
        this.lines.push(`${source}: ${text}`);
      },
    });
    this.board.slots[0].load(firmware(1, 500));
    this.#hal = this.board.start("power");
    this.#provision = parseProvision(
      JSON.stringify({
        account: FACTORY,
        keys: [spkiOf(VENDOR).toString("base64")],
        objects: ["Main"],
        allowHttp: true,
        sessionAtBoot: true,
        pollSeconds: 600,
        trace: true,
        ...provision,
      }),
    );
    this.client = new Client(this.#hal, this.#provision);
  }

  /** The device's clock, in ms. */
  get now(): number {
    return this.#hal.now();
  }

  /** Sends it a datagram. */
  push(datagram: Uint8Array): void {
    this.#datagrams.push(datagram);
  }

  /** Power fails and returns, maybe with another provisioning, in its parsed form. */
  reboot(provision: Partial<Provision> = {}): void {
    this.#hal = this.board.start("power");
    this.client = new Client(this.#hal, { ...this.#provision, ...provision });
  }

  /**
   * Lets the device do what it wants for so long, on its own clock. A restart is an error: no test
   * here is about a good update.
   */
  run(limitMs = 60_000): void {
    const end = this.#hal.now() + limitMs;
    for (let step = 0; step < 100_000; step++) {
      const due = this.#step();
      const now = this.#hal.now();
      const wake = Math.min(due, this.#link.due());
      if (wake > end) {
        this.board.advance(end - now);
        return;
      }
      if (wake > now) this.board.advance(wake - now);
    }
    throw new Error("the device turns in a circle");
  }

  /** True when nothing was begun, fetched or written to the slot that does not run. */
  get untouched(): boolean {
    return (
      this.client.engine.record.phase === "idle" &&
      this.board.slots[1].wear.every((wear) => wear === 0)
    );
  }

  #step(): number {
    try {
      return this.client.step();
    } catch (error) {
      if (error instanceof Restarted) throw new Error("the device restarts", { cause: error });
      throw error;
    }
  }
}

function take(datagrams: Uint8Array[], buffer: Uint8Array): number {
  const datagram = datagrams.shift();
  if (datagram === undefined || datagram.length > buffer.length) return 0;
  buffer.set(datagram);
  return datagram.length;
}
