/**
 * What reaches the device unasked: datagrams with the header of WAP push. Each is judged by who it
 * is for; what cannot be believed is dropped without an answer. So many are looked at in a window,
 * whoever sends them, and not all that are dropped are logged.
 */
import type { Hal } from "../../hal/hal.ts";
import { DATAGRAM_BYTES_MAX, PUSH_LOG_MS, PUSH_WINDOW_MS, PUSHES_MAX } from "../base/limits.ts";
import { CP_TYPE, DM_TYPE, NOTIFICATION_TYPE, openEnvelope } from "../push/envelope.ts";
import type { Accounts } from "../account/accounts.ts";
import type { Provision } from "../account/provisioning.ts";
import type { Store } from "../store/store.ts";
import type { Tree } from "../tree/tree.ts";
import type { UserInterface } from "../user/question.ts";
import { Bootstraps } from "./bootstraps.ts";
import type { Summons } from "./invitation.ts";
import { Notifications } from "./notifications.ts";

/** X-Wap-Application-Id of device management. */
const DEVICE_MANAGEMENT = 7;

export interface PushOptions {
  readonly hal: Hal;
  readonly store: Store;
  readonly tree: Tree;
  readonly accounts: Accounts;
  readonly provision: Provision;
  readonly userInterface: UserInterface | undefined;
  /** ServerID whose account no message replaces. */
  readonly pinned: string | undefined;
  /** True while no account may change. */
  readonly closed: () => boolean;
  /** These servers have new accounts. */
  readonly installed: (serverIds: readonly string[]) => void;
  /** Session id of the summons that this server's next or present session answers. */
  readonly summoned: (serverId: string) => string | undefined;
  readonly summon: (summons: Summons) => void;
}

export interface Pushes {
  /**
   * Takes one datagram, if there is one. `idle`: no session is open; `free`: people may be asked.
   * When to call again; the board calls earlier when one arrives.
   */
  step(now: number, idle: boolean, free: boolean): number;
  /** A session that a notification asked for has completed. */
  completed(summons: Summons): void;
}

export function openPushes(options: PushOptions): Pushes {
  const { hal, provision } = options;
  const notifications = new Notifications({ ...options, nonceResync: provision.nonceResync });
  const bootstraps = new Bootstraps({
    ...options,
    log: (level, text) => {
      hal.log(level, "push", text);
    },
  });
  return new Listener(hal, notifications, bootstraps);
}

class Listener implements Pushes {
  readonly #hal: Hal;
  readonly #notifications: Notifications;
  readonly #bootstraps: Bootstraps;
  readonly #buffer = new Uint8Array(DATAGRAM_BYTES_MAX);
  /** When the window began, and how many were looked at in it. */
  #from = -Infinity;
  #count = 0;
  /** Dropped ones that have not been told, and when one was told last. */
  #dropped = 0;
  #told = -Infinity;

  constructor(hal: Hal, notifications: Notifications, bootstraps: Bootstraps) {
    this.#hal = hal;
    this.#bootstraps = bootstraps;
    this.#notifications = notifications;
  }

  step(now: number, idle: boolean, free: boolean): number {
    const { datagrams } = this.#hal;
    const pin = this.#bootstraps.step(now, idle, free);
    const asked = Math.min(pin, this.#notifications.step(now, free && pin === Infinity));
    if (datagrams === undefined) return asked;
    if (now - this.#from >= PUSH_WINDOW_MS) {
      this.#from = now;
      this.#count = 0;
    }
    if (this.#count >= PUSHES_MAX) return Math.min(asked, this.#from + PUSH_WINDOW_MS);
    const length = datagrams.receive(this.#buffer);
    if (length === 0) return asked;
    this.#count++;
    const problem = this.#take(length, now);
    if (problem !== undefined) this.#drop(problem, now);
    return now;
  }

  completed(summons: Summons): void {
    this.#notifications.completed(summons);
  }

  #take(length: number, now: number): string | undefined {
    const envelope = openEnvelope(this.#buffer, length);
    if ("problem" in envelope) return `malformed at byte ${envelope.offset}: ${envelope.problem}`;
    const { type, application, body } = envelope;
    if (type === CP_TYPE) return this.#bootstraps.take(envelope, now);
    if (type !== NOTIFICATION_TYPE && type !== DM_TYPE) return "of another type";
    if (application !== DEVICE_MANAGEMENT) return "for another application";
    return type === DM_TYPE
      ? this.#bootstraps.take(envelope, now)
      : this.#notifications.take(body, now);
  }

  #drop(problem: string, now: number): void {
    this.#dropped++;
    if (now - this.#told < PUSH_LOG_MS) return;
    this.#hal.log(
      "warning",
      "push",
      `dropped${this.#dropped > 1 ? ` ${this.#dropped}, the last` : ""}: ${problem}`,
    );
    this.#told = now;
    this.#dropped = 0;
  }
}
