/**
 * Bootstrap messages (OMA-TS-DM-Bootstrap, OMA-TS-DM-Security §5.7): accounts of DM servers from
 * outside, in either profile. One counts when it is sealed with the secret of the network, the PIN
 * that a person types, or both, as the provisioning allows, and once. Its accounts come in one
 * commit: after a power cut all of them are there or none, and the ones before are as they were.
 */
import type { LogLevel } from "../../hal/hal.ts";
import { hex } from "../base/bytes.ts";
import {
  BOOTSTRAPS_KEPT,
  INTERACTION_MS_MAX,
  PIN_PAUSE_MS,
  PIN_TRIES_MAX,
} from "../base/limits.ts";
import { sha1 } from "../base/sha1.ts";
import { newAccount, type NewAccount } from "../account/newaccount.ts";
import { install } from "../account/installation.ts";
import { cpAccounts } from "../push/cpaccounts.ts";
import { readCp } from "../push/cp.ts";
import { dmAccounts } from "../push/dmaccounts.ts";
import { CP_TYPE, type Envelope } from "../push/envelope.ts";
import { sealed } from "../push/seal.ts";
import { readRecord, recordChange } from "../store/jsonrecord.ts";
import type { Store } from "../store/store.ts";
import type { Tree } from "../tree/tree.ts";
import { askUntil, PLAIN_QUESTION, type Question, type UserInterface } from "../user/question.ts";
import type { Provision } from "../account/provisioning.ts";

export interface BootstrapOptions {
  readonly log: (level: LogLevel, text: string) => void;
  readonly store: Store;
  readonly tree: Tree;
  readonly provision: Provision;
  readonly userInterface: UserInterface | undefined;
  /** ServerID whose account no message replaces. */
  readonly pinned?: string | undefined;
  /** True while no account may change: an image on trial must suit the one that may come back. */
  readonly closed: () => boolean;
  /** These servers have new accounts. */
  readonly installed: (serverIds: readonly string[]) => void;
}

/** Key of the digests of the messages that counted, newest last. */
const KEPT_KEY = "bootstrapped";

interface Asking {
  readonly envelope: Envelope;
  readonly question: Question;
  readonly until: number;
  readonly tries: number;
}

export class Bootstraps {
  readonly #options: BootstrapOptions;
  /** The message that a person has to type a PIN for. */
  #asking: Asking | undefined;
  /**
   * A message that counts, while a session keeps it waiting: that one's nonces are of the account
   * that may go.
   */
  #ready: Envelope | undefined;
  /** Until then nobody is asked again. */
  #pausedUntil = -Infinity;

  constructor(options: BootstrapOptions) {
    this.#options = options;
  }

  /**
   * Takes a message; its bytes are copied. undefined, or why it is dropped, in words that hold
   * nothing of it.
   */
  take(envelope: Envelope, now: number): string | undefined {
    const {
      provision: { bootstrap, networkSecret },
      closed,
      userInterface,
    } = this.#options;
    const { protection } = envelope;
    if (protection === undefined || !bootstrap.includes(protection))
      return "of a protection that this device does not take";
    if (closed()) return "an image is on trial";
    if (this.#kept().includes(digestOf(envelope))) return "it came before";
    const copied = { ...envelope, body: envelope.body.slice() };
    if (protection === "NETWORKID") {
      if (!sealed(copied, { network: networkSecret, pin: "" })) return "its seal is wrong";
      if (this.#ready !== undefined) return "another one waits for the end of a session";
      this.#ready = copied;
      return undefined;
    }
    if (userInterface === undefined) return "nobody can be asked for a PIN";
    if (this.#asking !== undefined) return "another one waits for a PIN";
    if (now < this.#pausedUntil) return "wrong PINs were typed a short time ago";
    this.#ask(copied, 1, now);
    return undefined;
  }

  /**
   * Goes on, between sessions (`idle`), and asks while nobody else asks people something (`free`):
   * when to call again.
   */
  step(now: number, idle: boolean, free: boolean): number {
    const ready = this.#ready;
    if (ready !== undefined && idle) {
      this.#ready = undefined;
      this.#tell(this.#install(ready));
      return now;
    }
    const asking = this.#asking;
    if (asking === undefined || !idle || !free) return Infinity;
    const { userInterface } = this.#options;
    const answer = askUntil(userInterface, asking.question, asking.until, now);
    if (typeof answer === "number") return answer;
    this.#asking = undefined;
    this.#tell(answer.kind === "text" ? this.#typed(asking, answer.text, now) : "no PIN was typed");
    return now;
  }

  #typed({ envelope, tries }: Asking, pin: string, now: number): string | undefined {
    if (sealed(envelope, { network: this.#options.provision.networkSecret, pin }))
      return this.#install(envelope);
    if (tries < PIN_TRIES_MAX) {
      this.#ask(envelope, tries + 1, now);
      return undefined;
    }
    this.#pausedUntil = now + PIN_PAUSE_MS;
    return "its seal is wrong, or the PINs were";
  }

  #tell(problem: string | undefined): void {
    if (problem !== undefined)
      this.#options.log("warning", `bootstrap message dropped: ${problem}`);
  }

  #ask(envelope: Envelope, tries: number, now: number): void {
    const text =
      tries === 1
        ? "A server wants to manage this device. PIN?"
        : `Wrong. PIN? (${tries} of ${PIN_TRIES_MAX})`;
    const question: Question = {
      ...PLAIN_QUESTION,
      kind: "text",
      text,
      input: "N",
      hidden: true,
      preset: undefined,
    };
    this.#asking = { envelope, question, tries, until: now + INTERACTION_MS_MAX };
  }

  #install(envelope: Envelope): string | undefined {
    const { log, tree, provision, closed, installed } = this.#options;
    if (closed()) return "an image is on trial";
    const digest = digestOf(envelope);
    const accounts = this.#accounts(envelope);
    if (typeof accounts === "string") return accounts;
    const kept = [...this.#kept(), digest].slice(-BOOTSTRAPS_KEPT);
    const status = install(
      tree,
      accounts,
      provision.bootstrapObjects,
      recordChange(KEPT_KEY, { v: 1, kept }),
    );
    if (status !== 200) return `there is no room for its accounts (${status})`;
    for (const {
      account: { serverId, address },
    } of accounts)
      log("info", `account of ${serverId} at ${address}`);
    installed(accounts.map(({ account }) => account.serverId));
    return undefined;
  }

  #accounts({ type, body }: Envelope): readonly NewAccount[] | string {
    const { provision, pinned } = this.#options;
    const document = type === CP_TYPE ? readCp(body) : undefined;
    const found =
      document === undefined
        ? dmAccounts(body.slice())
        : "problem" in document
          ? document
          : cpAccounts(document);
    if ("problem" in found) return `malformed at byte ${found.offset}: ${found.problem}`;
    if (found.length === 0) return "it has no account of device management";
    const accounts: NewAccount[] = [];
    for (const fields of found) {
      const account = newAccount(fields, provision);
      if (typeof account === "string") return account;
      if (account.account.serverId === pinned)
        return 'the provisioned account is pinned: use another ServerID, or "pinned": false';
      accounts.push(account);
    }
    return accounts;
  }

  #kept(): readonly string[] {
    const kept = readRecord<{ kept?: unknown }>(this.#options.store, KEPT_KEY)?.kept;
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  }
}

function digestOf({ body }: Envelope): string {
  return hex(sha1(body));
}
