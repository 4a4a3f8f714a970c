/**
 * The client, put together: the one place that knows every part. `step` does bounded work and says
 * when to call again; the board calls it then, or earlier when its link has something.
 *
 * One thing at a time: while a session is open the engine only verifies what the session has
 * delivered; while the engine works no session opens, but in the pauses of a download, and while a
 * person is asked for consent, one may; status reports of downloads go out in between. So one
 * request is under way at most, and nothing restarts the board in the middle of a message.
 */
import type { Hal, LogLevel } from "../../hal/hal.ts";
import { assert } from "../base/assert.ts";
import { Budget } from "../base/budget.ts";
import {
  MESSAGE_BYTES_MAX,
  OUTBOUND_BYTES_MAX,
  PEER_BYTES_MAX,
  TRIAL_DEADLINE_MS,
} from "../base/limits.ts";
import { admitUrl, type UrlRules } from "../base/urlrules.ts";
import { DOWNLOAD_LIMITS, Downloader, PACKAGE_TYPES } from "../download/downloader.ts";
import { Accounts } from "../account/accounts.ts";
import { mountDevDetail } from "../objects/devdetail.ts";
import { mountDevInfo } from "../objects/devinfo.ts";
import { mountDmAcc } from "../account/dmacc.ts";
import { Fumo } from "../objects/fumo.ts";
import { fumoState, stateName } from "../objects/fumostate.ts";
import { mountInbox } from "../objects/inbox.ts";
import type { UserInterface } from "../user/question.ts";
import { Store } from "../store/store.ts";
import { Tree } from "../tree/tree.ts";
import { Engine } from "../update/engine.ts";
import { scriptedAnswers } from "../user/scripted.ts";
import { asksBeforeDownload, Consent } from "../user/consent.ts";
import { recover } from "./losses.ts";
import type { Summons } from "./invitation.ts";
import { imagePolicy } from "./imagepolicy.ts";
import { logged } from "./logged.ts";
import type { Provision } from "../account/provisioning.ts";
import { openPushes, type Pushes } from "./pushes.ts";
import { Server } from "./server.ts";
import { StatusReports } from "./statusreports.ts";

/** The node below which FUMO objects are. */
export const FUMO_ROOT = "FwUpdate";
/** A line of progress for every so many parts of a package. */
const PROGRESS_PARTS = 16;

/** What the application around the client may add. */
export interface ClientOptions {
  /**
   * Asked once while an image is on trial, when its server has proved itself and the commands of
   * its first message are executed: false gives the image up. A trial in which no server proves
   * itself is given up at the deadline in any case.
   */
  readonly selfTest?: () => boolean;
  /** Where people can be asked; by default the list of the provisioning answers, or nobody. */
  readonly userInterface?: UserInterface | undefined;
}

export class Client {
  readonly engine: Engine;
  #hal: Hal;
  #consent: Consent;
  readonly #servers: Server[];
  readonly #pushes: Pushes;
  /** ServerID of the account that was provisioned. */
  #mainId: string | undefined;
  readonly #reports: StatusReports;
  readonly #store: Store;
  /** Makes up for values of the store that were lost since the start. */
  readonly #recover: () => void;
  #state = -1;
  #progress = 0;

  /**
   * Reads the store, tells the engine what booted. Throws when the provisioning or the flash cannot
   * be used.
   */
  constructor(board: Hal, provision: Provision, options: ClientOptions = {}) {
    const hal = logged(board);
    this.#hal = hal;
    const store = Store.open(hal.store);
    const random = (bytes: Uint8Array): void => {
      hal.random(bytes);
    };
    const log = (level: LogLevel, text: string): void => {
      hal.log(level, "download", text);
    };
    // Of sessions and of the download: none is open while it fetches, as `step` has it.
    const inbound = new Uint8Array(MESSAGE_BYTES_MAX);
    const engine = engineOf({ hal, provision, store, random, log, inbound });
    this.engine = engine;
    this.#reports = new StatusReports({ engine, link: hal.link, rules: provision, random, log });
    const budget = new Budget(PEER_BYTES_MAX);
    const tree = treeOf(hal, provision, store, budget);
    const fumo = new Fumo(tree, engine, { root: FUMO_ROOT, objects: provision.objects });
    this.#boot(store);
    const kept = { store, tree, hal, provision, isTrial: () => engine.record.phase === "trial" };
    this.#mainId = recover(kept);
    this.#store = store;
    const userInterface =
      options.userInterface ??
      scriptedAnswers(provision.answers, (text) => {
        hal.log("info", "user", text);
      });
    const accounts = new Accounts(store);
    this.#warn(accounts, provision);
    this.#consent = new Consent(userInterface, provision.confirm);
    const shared = {
      hal,
      provision,
      accounts,
      tree,
      budget,
      fumo,
      engine,
      userInterface,
      selfTest: options.selfTest ?? (() => true),
      inbound,
      outbound: new Uint8Array(OUTBOUND_BYTES_MAX),
      answered: (summons: Summons) => {
        this.#pushes.completed(summons);
      },
    };
    const meet = (serverIds: readonly string[]): void => {
      this.#meet(serverIds, (serverId) => new Server({ ...shared, serverId }));
    };
    this.#servers = accounts.list().map(({ serverId }) => new Server({ ...shared, serverId }));
    this.#recover = () => {
      this.#mainId = recover(kept);
      const serverIds = accounts.list().map(({ serverId }) => serverId);
      meet(serverIds.filter((serverId) => this.#server(serverId) === undefined));
    };
    this.#pushes = openPushes({
      hal,
      store,
      tree,
      accounts,
      provision,
      userInterface,
      pinned: provision.account?.pinned === true ? this.#mainId : undefined,
      closed: () => engine.record.phase === "trial",
      installed: meet,
      summoned: (serverId) => this.#server(serverId)?.summoned,
      summon: (summons) => {
        this.#server(summons.serverId)?.summon(summons);
      },
    });
    if (provision.request !== "none") this.#main?.request(provision.request);
  }

  /** Sessions that have ended since the start. */
  get sessions(): number {
    return this.#servers.reduce((sum, server) => sum + server.sessions, 0);
  }

  /** Asks the server for an update as soon as it can (OMA-TS-DM-FUMO §10.3). */
  request(from: "device" | "user"): void {
    assert(this.#main !== undefined, "a request needs an account");
    this.#main.request(from);
  }

  /**
   * Does what is due. When to call again, in ms of `hal.now`; not later than that, and earlier when
   * the link has something.
   */
  step(): number {
    const now = this.#hal.now();
    const open = this.#servers.find((server) => server.busy);
    if (open !== undefined) return Math.min(this.#pushes.step(now, false, false), open.step(now));
    if (this.#store.hasLost) this.#recover();
    const reportDue = this.engine.fetching ? Infinity : this.#reports.step(now);
    if (this.#reports.busy) return Math.min(this.#pushes.step(now, false, false), reportDue);
    const held = this.#consent.hold(this.engine, now);
    const pushesDue = this.#pushes.step(now, true, held === undefined);
    const due = Math.min(held ?? this.engine.step(now), pushesDue, reportDue);
    this.#showProgress();
    if (due <= now) return now;
    return this.engine.fetching ? due : Math.min(due, this.#sessions(now));
  }

  /** Opens a session where one is due: when to call again. */
  #sessions(now: number): number {
    let due = Infinity;
    for (const server of this.#servers) {
      const next = server.step(now);
      if (server.busy) return next;
      due = Math.min(due, next);
    }
    return due;
  }

  /** Tells the engine what booted, and the log. */
  #boot(store: Store): void {
    const { boot, identity } = this.#hal;
    const { slot, trial, cause } = boot.running();
    const where = `slot ${slot}${trial ? ", on trial" : ""}`;
    this.#hal.log(
      "info",
      "client",
      `version ${identity.FwV} runs from ${where}, reset by ${cause}`,
    );
    this.engine.onChange = () => this.#narrate();
    this.engine.boot();
    this.#narrate();
    const { mended } = store.stats();
    if (mended > 0) this.#hal.log("warning", "store", `corrected ${mended} flipped bits`);
  }

  /**
   * A session with each server whose account is new, as soon as can be (OMA-TS-DM-Bootstrap
   * §5.4.5).
   */
  #meet(serverIds: readonly string[], made: (serverId: string) => Server): void {
    for (const serverId of serverIds) {
      if (this.#server(serverId) === undefined) this.#servers.push(made(serverId));
      this.#server(serverId)?.meet();
    }
  }

  #server(serverId: string): Server | undefined {
    return this.#servers.find((server) => server.serverId === serverId);
  }

  /** The server that is asked for updates. */
  get #main(): Server | undefined {
    return this.#servers.find((server) => server.serverId === this.#mainId) ?? this.#servers[0];
  }

  /** Says at the start which accounts are of no use: sessions with them would only fail later. */
  #warn(accounts: Accounts, rules: UrlRules): void {
    for (const { serverId, address } of accounts.list()) {
      const url = admitUrl(address, rules);
      if (typeof url === "string")
        this.#hal.log("error", "client", `account of server ${serverId}: its address ${url}`);
    }
  }

  #narrate(): void {
    const { record } = this.engine;
    if (record.phase === "verifying" && this.#progress > 0) {
      this.#progress = 0;
      this.#logProgress(record.size, record.size);
    }
    const state = fumoState(record);
    if (state === this.#state) return;
    this.#state = state;
    this.#progress = 0;
    this.#hal.log("info", "update", `State ${state} ${stateName(state)}`);
  }

  /** Some lines a package, not one a block. */
  #showProgress(): void {
    const {
      position,
      record: { size },
    } = this.engine;
    const part = size > 0 ? Math.floor((position * PROGRESS_PARTS) / size) : 0;
    if (part === this.#progress) return;
    this.#progress = part;
    if (part > 0) this.#logProgress(position, size);
  }

  #logProgress(position: number, size: number): void {
    this.#hal.log("info", "update", `${position} of ${size} bytes`);
  }
}

interface EngineParts {
  readonly hal: Hal;
  readonly provision: Provision;
  readonly store: Store;
  readonly random: (bytes: Uint8Array) => void;
  readonly log: (level: LogLevel, text: string) => void;
  /** Where a download puts what arrives. */
  readonly inbound: Uint8Array;
}

/** Makes the engine with the downloader that fetches for it. */
function engineOf({ hal, provision, store, random, log, inbound }: EngineParts): Engine {
  return new Engine({
    store,
    base: hal.base,
    staging: hal.staging,
    boot: hal.boot,
    policy: imagePolicy(hal, provision),
    fetcher: new Downloader({
      link: hal.link,
      random,
      buffer: inbound,
      rules: provision,
      log,
      types: [...PACKAGE_TYPES, ...provision.packageTypes],
      limits:
        provision.downloadSeconds > 0
          ? { ...DOWNLOAD_LIMITS, totalMs: provision.downloadSeconds * 1000 }
          : DOWNLOAD_LIMITS,
    }),
    askBeforeDownload: asksBeforeDownload(provision.confirm),
    log: (level, text) => hal.log(level, "update", text),
    trialDeadlineMs: provision.trialSeconds > 0 ? provision.trialSeconds * 1000 : TRIAL_DEADLINE_MS,
  });
}

/** Makes the tree with every object but FUMO, which needs the engine. */
function treeOf(hal: Hal, provision: Provision, store: Store, budget: Budget): Tree {
  const tree = new Tree(store, budget);
  mountDevInfo(tree, hal.identity);
  mountDevDetail(tree, hal.identity);
  mountDmAcc(tree, store, provision, (text) => {
    hal.log("warning", "client", text);
  });
  mountInbox(tree);
  return tree;
}
