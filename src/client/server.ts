/**
 * The relation with one DM server: when to open a session, what it may see, what it is owed
 * (OMA-TS-DM-Protocol §8). A session that fails is tried again after a pause that grows; what is
 * owed is kept until the server has answered.
 */
import type { Hal, Url } from "../../hal/hal.ts";
import type { Budget } from "../base/budget.ts";
import { LONG_MESSAGE_BYTES_MAX, SESSION_MS_MAX } from "../base/limits.ts";
import { admitUrl } from "../base/urlrules.ts";
import type { Account, Accounts, Direction } from "../account/accounts.ts";
import { AUTHENTICATION } from "../account/authkind.ts";
import { devInfoItems } from "../objects/devinfo.ts";
import type { Fumo } from "../objects/fumo.ts";
import { holdsPackage } from "../objects/fumostate.ts";
import { updateRequest } from "../objects/requests.ts";
import type { UserInterface } from "../user/question.ts";
import type { GenericAlert } from "../syncml/alert.ts";
import { Session } from "../session/session.ts";
import type { Tree } from "../tree/tree.ts";
import type { Engine } from "../update/engine.ts";
import { Conversation } from "./conversation.ts";
import { Invitation, type Summons } from "./invitation.ts";
import type { Provision } from "../account/provisioning.ts";
import { placeOf, Schedule } from "./schedule.ts";
import { traced } from "./trace.ts";
import { proofOf, Trial } from "./trial.ts";

export interface ServerOptions {
  readonly hal: Hal;
  readonly provision: Provision;
  /** Whose account this is about. */
  readonly serverId: string;
  readonly accounts: Accounts;
  readonly tree: Tree;
  readonly budget: Budget;
  readonly fumo: Fumo;
  readonly engine: Engine;
  readonly selfTest: () => boolean;
  readonly userInterface: UserInterface | undefined;
  /** Of MESSAGE_BYTES_MAX, for all servers: one session is open at a time. */
  readonly inbound: Uint8Array;
  readonly outbound: Uint8Array;
  /** A session that a notification asked for has completed. */
  readonly answered: (summons: Summons) => void;
}

/**
 * The alert with which the device asks for an update; reports have the engine's numbers, from 1 up.
 */
const REQUEST_ALERT = 0;

export class Server {
  /** Sessions that have ended, well or not. */
  sessions = 0;
  readonly #options: ServerOptions;
  #conversation: Conversation | undefined;
  #asks: "none" | "device" | "user" = "none";
  #first: boolean;
  readonly #invitation = new Invitation();
  readonly #schedule: Schedule;
  #trial: Trial | undefined;
  /** It is said once a start that nothing proves this server. */
  #warned = false;
  /** It is said once a start that cookies are not supported. */
  #cookies = false;
  /** It has sent a long message that was more than a package. */
  #overlong = false;
  /** When the open session began, and the alerts that were owed then. */
  #opened = 0;
  #owed: readonly number[] = [];

  constructor(options: ServerOptions) {
    this.#options = options;
    const { hal, provision } = options;
    this.#first = provision.sessionAtBoot || provision.once;
    const crashes = hal.boot.running().failures;
    const place = placeOf(hal.identity.DevId);
    this.#schedule = new Schedule(hal.now(), crashes, place, (bytes) => {
      hal.random(bytes);
    });
  }

  get serverId(): string {
    return this.#options.serverId;
  }

  /** True while a session is open. */
  get busy(): boolean {
    return this.#conversation !== undefined;
  }

  /**
   * Asks the server for an update in the next session, soon; forgotten when the device restarts
   * before the server has answered.
   */
  request(from: "device" | "user"): void {
    this.#asks = from;
  }

  /** Its account is new: a session as soon as can be, whatever pause there was. */
  meet(): void {
    this.#first = true;
    if (!this.busy) this.#schedule.hasten();
  }

  /** Session id of the notification that the open session, or else the next one, answers. */
  get summoned(): string | undefined {
    return this.#invitation.sessionID;
  }

  /**
   * Opens the session that the server has asked for, as soon as can be: whatever pause there was,
   * the server is there now.
   */
  summon(summons: Summons): void {
    this.#invitation.arrived(summons);
    if (!this.busy) this.#schedule.hasten();
  }

  /**
   * Opens a session when one is due, carries it on when one is open. When to call again, in ms of
   * the board's clock.
   */
  step(now: number): number {
    if (this.#conversation === undefined) {
      const due = this.#due();
      if (due > now) return due;
      this.#conversation = this.#open();
      this.#opened = now;
      this.#owed = this.#alerts().map(({ id }) => id);
    }
    const conversation = this.#conversation;
    if (conversation === undefined) return this.#due();
    if (this.#verifying(now)) return now;
    const late = now - this.#opened >= SESSION_MS_MAX;
    const hopeless = this.#trial?.rejected(now) === true;
    if (late || hopeless)
      conversation.abandon(late ? "it has lasted too long" : "the image on trial is rejected");
    const { deadline } = this.#options.engine;
    const next = conversation.done
      ? now
      : Math.min(conversation.step(now), this.#opened + SESSION_MS_MAX, deadline);
    if (conversation.done) this.#close(conversation, now);
    return conversation.done ? now : next;
  }

  /** Something to say or to ask, or an image on trial. */
  get #reason(): boolean {
    const { engine, fumo, serverId } = this.#options;
    const asked = this.#asks !== "none" || this.#invitation.next !== undefined;
    return (
      fumo.alerts(serverId).length > 0 || this.#first || asked || engine.record.phase === "trial"
    );
  }

  #due(): number {
    const { provision, engine } = this.#options;
    const pollMs = provision.pollSeconds * 1000;
    return this.#schedule.due({ reason: this.#reason, pollMs, deadline: engine.deadline });
  }

  #open(): Conversation | undefined {
    const { hal, provision, serverId, accounts, tree, fumo, engine, inbound, outbound } =
      this.#options;
    const account = accounts.byServer(serverId);
    const summons = this.#invitation.next;
    if (account === undefined) return this.#unmet("it has no account");
    const url = admitUrl(account.address, provision);
    if (typeof url === "string") return this.#unmet(`its address ${url}`);
    const trial = (this.#trial = this.#trialOf(account, url));
    fumo.disown(accounts.list().map((one) => one.serverId));
    const nonce = (direction: Direction): Uint8Array => {
      return summons?.resync === true
        ? summons.nonce
        : (accounts.nonce(account.name, direction) ?? new Uint8Array(0));
    };
    const session = new Session(
      {
        account: {
          serverID: serverId,
          url,
          client: { ...account.client, nonce: nonce("client") },
          server: { ...account.server, nonce: nonce("server") },
        },
        deviceId: hal.identity.DevId,
        devInfo: devInfoItems(hal.identity),
        sessionID: summons?.sessionID ?? this.#newSessionID(),
        alert: summons === undefined ? 1201 : 1200,
        maxMsgSize: this.#takesLong(account) ? LONG_MESSAGE_BYTES_MAX : inbound.length,
        maxObjSize: engine.capacity,
        outbound,
        encoding: account.encoding ?? "xml",
      },
      {
        tree,
        budget: this.#options.budget,
        userInterface: this.#options.userInterface,
        random: (bytes) => {
          hal.random(bytes);
        },
        log: (level, text) => {
          hal.log(level, "session", text);
        },
        alerts: () => this.#alerts(),
        acknowledged: (id) => {
          this.#acknowledged(id);
        },
        proved: () => {
          trial.proved();
        },
        refused: () => {
          trial.refused();
        },
        authenticated: () => {
          trial.executed(hal.now());
        },
        storeNonce: (direction, nonce) => {
          accounts.storeNonce(account.name, direction, nonce);
        },
      },
    );
    this.#first = false;
    this.#invitation.opened();
    const conversation = new Conversation(hal.link, session, inbound);
    conversation.onMessage = (direction, bytes, length) => {
      if (direction === "sent") trial.asks();
      else trial.received();
      if (!provision.trace) return;
      traced(bytes, length, (piece) => {
        hal.log("debug", "trace", `${direction} ${piece}`);
      });
    };
    return conversation;
  }

  /**
   * Whether Data of PkgData can go to the slot while its message arrives. Not with mac, which
   * proves a message at its end; not over a package that is good; and not for a server that fills
   * long messages with something else.
   */
  #takesLong({ server }: Account): boolean {
    const { everyMessage } = AUTHENTICATION[server.type];
    return !everyMessage && !this.#overlong && !holdsPackage(this.#options.engine.record);
  }

  /** No session can begin: it is tried again after a pause, as after one that failed. */
  #unmet(why: string): undefined {
    const { hal, serverId } = this.#options;
    hal.log("error", "client", `no session with server ${serverId}: ${why}`);
    this.#schedule.prevented(hal.now());
    return undefined;
  }

  /**
   * Unique for the device, as far as chance goes: 1 to FFFF in hexadecimal, without leading zeros
   * (OMA-TS-DM-Protocol §8.1).
   */
  #newSessionID(): string {
    const bytes = new Uint8Array(2);
    this.#options.hal.random(bytes);
    return (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0) || 1).toString(16).toUpperCase();
  }

  #alerts(): readonly GenericAlert[] {
    const reports = this.#options.fumo.alerts(this.#options.serverId);
    return this.#asks === "none"
      ? reports
      : [updateRequest(REQUEST_ALERT, this.#asks, undefined), ...reports];
  }

  #acknowledged(id: number): void {
    if (id === REQUEST_ALERT) this.#asks = "none";
    else this.#options.fumo.acknowledge(id);
  }

  /** What the session means for the image. Where nothing proves the server, the log says so. */
  #trialOf({ server }: Account, url: Url): Trial {
    const { hal, engine, selfTest, serverId } = this.#options;
    const proof = proofOf(url, server);
    if (proof === "nothing" && !this.#warned) {
      this.#warned = true;
      hal.log(
        "warning",
        "client",
        `account ${serverId} has neither credentials nor TLS: anyone who answers is obeyed. ` +
          "Not for products",
      );
    }
    return new Trial({ engine, proof, selfTest });
  }

  /**
   * A package that this session has delivered is verified between its messages, step by step, so
   * that the server sees the outcome.
   */
  #verifying(now: number): boolean {
    const { engine } = this.#options;
    if (engine.record.phase !== "verifying") return false;
    engine.step(now);
    return true;
  }

  #sayCookies(): void {
    const { hal, serverId } = this.#options;
    if (this.#cookies) return;
    this.#cookies = true;
    hal.log("warning", "client", `${serverId} sets a cookie, which it does not get back`);
  }

  /**
   * A session that leaves an alert unanswered is no better than one that failed: the next one waits
   * as long.
   */
  #close(conversation: Conversation, now: number): void {
    const left = this.#alerts().some(({ id }) => this.#owed.includes(id));
    const whole =
      conversation.failure === undefined && conversation.session.outcome.kind === "completed";
    const completed = whole && !left;
    this.#overlong ||= conversation.overlong;
    this.#trial?.ended(whole);
    this.#trial = undefined;
    const answered = this.#invitation.ended(completed);
    if (typeof answered === "object") this.#options.answered(answered);
    this.#conversation = undefined;
    this.sessions++;
    if (conversation.cookies) this.#sayCookies();
    const excused = answered === "forgotten" && !this.#reason;
    this.#schedule.ended(now, completed, excused, conversation.retryAfterMs);
  }
}
