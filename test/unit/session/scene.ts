/** One case of cases.ts under way: the garden, a session with it, and what came of it. */
import { hex } from "../../../src/base/bytes.ts";
import type { Encoding } from "../../../src/session/encoding.ts";
import { AUTHENTICATION } from "../../../src/account/authkind.ts";
import { Garden, OWNER } from "../tree/garden.ts";
import { MapStore } from "../tree/mapstore.ts";
import { Bench } from "./bench.ts";
import type { Case } from "./cases.ts";

const CREDENTIALS = {
  type: "basic",
  name: "server",
  secret: "secret",
  nonce: new Uint8Array(0),
} as const;
/** Of somebody else. */
const WRONG = { type: AUTHENTICATION.basic.syncml, format: "b64", data: "eDp5" };

export class Scene {
  readonly bench: Bench;
  readonly #store = new MapStore();
  readonly #garden = new Garden(this.#store);
  readonly #case: Case;
  readonly #encoding: Encoding;

  /** Package 1 has been sent. */
  constructor(one: Case, encoding: Encoding) {
    const { server = OWNER, answer, room, unproved, maxObjSize } = one.setting;
    const garden = this.#garden;
    garden.add("./Garden/Leaves/leaf", "green");
    garden.tree.add("./Garden/Beds/bed", undefined, OWNER);
    garden.replace("./Garden/Name", "rose");
    garden.replace("./Garden/Weather?prop=ACL", `Get=${OWNER}`);
    garden.replace(
      "./Garden?prop=ACL",
      `Add=${OWNER}&Delete=${OWNER}&Exec=${OWNER}&Get=*&Replace=${OWNER}`,
    );
    if (room !== undefined) this.#store.room = room;
    const userInterface =
      answer === undefined ? {} : { userInterface: { ask: () => answer, clear: () => undefined } };
    this.#case = one;
    this.#encoding = encoding;
    this.bench = new Bench({
      tree: garden.tree,
      serverID: server,
      encoding,
      ...userInterface,
      ...(maxObjSize === undefined ? {} : { maxObjSize }),
      ...(unproved === undefined ? {} : { server: CREDENTIALS }),
    });
    this.bench.next();
  }

  /** The server's message, whole. */
  message(): Uint8Array {
    const {
      commands,
      setting: { unproved, serverMaxObjSize },
    } = this.#case;
    const limit = serverMaxObjSize === undefined ? {} : { maxObjSize: serverMaxObjSize };
    const header = { ...(unproved === 401 ? { cred: WRONG } : {}), ...limit };
    const length = this.bench.compose([this.bench.header(200), ...commands], {
      wbxml: this.#encoding === "wbxml",
      header,
    });
    return this.bench.inbound.slice(0, length);
  }

  receive(bytes: Uint8Array): void {
    this.bench.session.received(bytes, bytes.length);
  }

  /**
   * `404 Get 2, …`: what the device answers to the commands, once people have said what they say.
   */
  answers(): string {
    for (let now = 0; this.bench.session.waiting; now++) this.bench.session.resume(now);
    this.bench.next();
    const [, ...statuses] = this.bench.statuses().split(", ");
    return statuses.join(", ");
  }

  /**
   * All that is durable, and what live nodes were given: the same as long as nothing was executed.
   */
  state(): string {
    const kept = [...this.#store.values].map(([key, value]) => `${key}=${hex(value)}`).sort();
    return [...kept, ...this.#garden.rung, this.#garden.piped ?? ""].join("\n");
  }
}
