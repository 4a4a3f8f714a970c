/**
 * What becomes of a notification (OMA-TS-DM-Notification §6): nothing, unless a server that has an
 * account proves by its digest that it is new; then a session with that server, if the person who
 * is to be asked agrees. Never more than a session.
 *
 * A nonce changes with the session that it was used in, so that an old notification is a wrong one.
 * Where it does not (credentials that are no digest, a server that had nothing to say, a person who
 * refused), and for the nonce of zeros, the last ones that were answered are kept under
 * `notified.<account>`, as nonce and session id.
 */
import type { Hal } from "../../hal/hal.ts";
import { hex } from "../base/bytes.ts";
import { INTERACTION_MS_MAX, NOTIFICATIONS_KEPT } from "../base/limits.ts";
import type { Account, Accounts } from "../account/accounts.ts";
import { genuine, type Notification, parseNotification } from "../push/notification.ts";
import { readRecord, recordChange } from "../store/jsonrecord.ts";
import type { Store } from "../store/store.ts";
import { askUntil, PLAIN_QUESTION, type Question, type UserInterface } from "../user/question.ts";
import type { Summons } from "./invitation.ts";

export interface NotificationOptions {
  readonly hal: Hal;
  readonly store: Store;
  readonly accounts: Accounts;
  readonly userInterface: UserInterface | undefined;
  /** Take a digest over the nonce of zeros, too. */
  readonly nonceResync: boolean;
  /** Session id of the summons that this server's next or present session answers. */
  readonly summoned: (serverId: string) => string | undefined;
  readonly summon: (summons: Summons) => void;
}

const ZEROS = new Uint8Array(4);

interface Asking {
  readonly summons: Summons;
  readonly question: Question;
  readonly until: number;
}

export class Notifications {
  readonly #options: NotificationOptions;
  /** The notification that a person has to agree to. */
  #asking: Asking | undefined;

  constructor(options: NotificationOptions) {
    this.#options = options;
  }

  /** Takes package 0: undefined, or why it is dropped, in words that hold nothing of it. */
  take(body: Uint8Array, now: number): string | undefined {
    const { accounts, summoned } = this.#options;
    const notification = parseNotification(body);
    if ("problem" in notification)
      return `malformed at byte ${notification.offset}: ${notification.problem}`;
    const { serverID, sessionID } = notification;
    const account = accounts.byServer(serverID);
    if (account === undefined) return "of a server without an account";
    if (account.server.secret === "")
      return "of a server whose account has no secret to prove it with";
    const summons = this.#summons(notification, account);
    if (summons === undefined) return "its digest is wrong";
    const waits = this.#asking?.summons;
    const again =
      summoned(serverID) === sessionID ||
      (waits?.serverId === serverID && waits.sessionID === sessionID);
    if (again || this.#kept(account.name).includes(entry(summons))) return "it came before";
    if (waits !== undefined) return "another one waits for a person";
    return this.#admit(notification, summons, now);
  }

  /**
   * Looks for the person's answer while nobody else asks people something (`free`): when to call
   * again, in ms of the board's clock.
   */
  step(now: number, free: boolean): number {
    const asking = this.#asking;
    const { userInterface: ui, summon, hal } = this.#options;
    if (asking === undefined || !free) return Infinity;
    const answer = askUntil(ui, asking.question, asking.until, now);
    if (typeof answer === "number") return answer;
    this.#asking = undefined;
    // What a person has refused is settled: servers send a notification several times, since it may
    // be lost.
    if (answer.kind === "no" || answer.kind === "cancelled") this.completed(asking.summons);
    if (answer.kind === "yes") summon(asking.summons);
    else {
      const said = answer.kind === "timeout" ? "nobody answers" : answer.kind;
      hal.log("info", "push", `session ${asking.summons.sessionID}: ${said}, not opened`);
    }
    return now;
  }

  /**
   * The session has completed, or a person does not want it. What could be sent again is
   * remembered, in one commit.
   */
  completed(summons: Summons): void {
    const { accounts, store } = this.#options;
    const account = accounts.byServer(summons.serverId);
    if (account === undefined) return;
    if (!summons.resync && hex(serverNonce(accounts, account)) !== hex(summons.nonce)) return;
    const kept = [...this.#kept(account.name), entry(summons)].slice(-NOTIFICATIONS_KEPT);
    store.commit([recordChange(keyOf(account.name), { v: 1, kept })]);
  }

  #summons(notification: Notification, account: Account): Summons | undefined {
    const { serverID: serverId, sessionID } = notification;
    const { secret } = account.server;
    const nonce = serverNonce(this.#options.accounts, account);
    if (genuine(notification, secret, nonce)) return { serverId, sessionID, nonce, resync: false };
    const resync = this.#options.nonceResync && genuine(notification, secret, ZEROS);
    return resync ? { serverId, sessionID, nonce: ZEROS, resync } : undefined;
  }

  #admit({ uiMode, initiator }: Notification, summons: Summons, now: number): string | undefined {
    const { hal, userInterface: ui, summon } = this.#options;
    const who = initiator === "user" ? "A person" : "The server";
    const question = {
      ...PLAIN_QUESTION,
      text: `${who} asks for a session with ${summons.serverId}.`,
    };
    hal.log(
      "info",
      "push",
      `${summons.serverId} asks for session ${summons.sessionID} (${uiMode}, by ${initiator})`,
    );
    if (uiMode === "interaction") {
      if (ui === undefined) return "nobody can be asked";
      this.#asking = {
        summons,
        question: { ...question, kind: "confirm" },
        until: now + INTERACTION_MS_MAX,
      };
      return undefined;
    }
    if (uiMode === "informative") ui?.ask({ ...question, kind: "display" });
    summon(summons);
    return undefined;
  }

  #kept(account: string): readonly string[] {
    const kept = readRecord<{ kept?: unknown }>(this.#options.store, keyOf(account))?.kept;
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  }
}

/** The nonce of the server's next credentials; empty before the first. */
function serverNonce(accounts: Accounts, { name }: Account): Uint8Array {
  return accounts.nonce(name, "server") ?? new Uint8Array(0);
}

function keyOf(account: string): string {
  return `notified.${account}`;
}

function entry({ nonce, sessionID }: Summons): string {
  return `${hex(nonce)} ${sessionID}`;
}
