/**
 * A whole bench in one object: a DM server and a package host on one loopback port, a device with
 * version 1 in it, and the package that brings version 2. Commands and tests say what happens to
 * it.
 */
import type { AuthKind } from "../../src/account/authkind.ts";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Version, versionText } from "../../src/image/version.ts";
import type { Encoding } from "../../src/session/encoding.ts";
import { LOOPBACK, type Place } from "./bench/place.ts";
import type { DeviceProvision, RigBoard } from "./boards/board.ts";
import { makeCertificate, type ServerCertificate } from "./certificate.ts";
import { basePayload, deltaPackage } from "./delta/package.ts";
import { type Device, within } from "./device.ts";
import type { Heap } from "./events/event.ts";
import type { EventLog } from "./events/log.ts";
import { Exit, RigError } from "./exit.ts";
import type { Outcome } from "./server/campaign.ts";
import type { DescriptorOptions } from "./server/descriptor.ts";
import { DmServer } from "./server/dm-server.ts";
import type { ServerEvent } from "./server/event.ts";
import type { Fault, HostFault } from "./server/fault.ts";
import { listen, type Listening, type ServerSecret, type Traffic } from "./server/http.ts";
import { PackageHost } from "./server/package-host.ts";
import { sendUntil } from "./server/datagram.ts";
import type { Notice } from "./decode/pushwriter.ts";
import { type OfferedDelta, type ScenarioName, scenarioOf } from "./server/scenario.ts";
import { recorder } from "./serverevent.ts";
import { restoreSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";
import { Watch } from "./watch.ts";
import { keyOf, packageOf, publicText, VERSION_1, VERSION_2 } from "./workshop.ts";

export interface RigOptions {
  readonly board: RigBoard;
  readonly log: EventLog;
  readonly scenario: ScenarioName;
  /** At least so many bytes of payload in version 2; 0: the firmware as it is. */
  readonly size: number;
  readonly auth: AuthKind;
  /** What the device begins its sessions in. */
  readonly encoding?: Encoding;
  /** Where the device keeps its flash; absent: a temporary directory that `close` removes. */
  readonly state?: string;
  /** The package to offer; absent: version 2 of the board's firmware. */
  readonly offer?: Uint8Array;
  /** How that version is packed, where no package is given; the whole image by default. */
  readonly form?: PackageForm;
  /** Deltas, for devices whose x/Ext/Base is `base`: those get them first. */
  readonly deltas?: readonly Omit<OfferedDelta, "url">[];
  /** What the server sends as PkgURL for the URL of the package; by default the same. */
  readonly pkgURL?: (url: string) => string;
  /** The server names a download descriptor instead of the package. */
  readonly descriptor?: DescriptorOptions | true;
  readonly faults?: readonly Fault[];
  readonly hostFaults?: readonly HostFault[];
  readonly provision?: Partial<DeviceProvision>;
  /** Where the servers are; by default on a loopback port. */
  readonly place?: Place;
  readonly account?: Partial<Account>;
  /** Both servers speak TLS, with a certificate of an authority that the device trusts. */
  readonly https?: boolean;
  /** With `https`: the certificate that they show until `showGood` is called. */
  readonly wrongCertificate?: WrongCertificate;
  /** A crash of the device is what is looked for. */
  readonly mayCrash?: true;
}

export const PACKAGE_FORMS = ["whole", "delta", "compressed"] as const;
/** The image itself, a delta from version 1, or a package that needs no base. */
export type PackageForm = (typeof PACKAGE_FORMS)[number];

/** Version 2 in this form. What a delta makes is built after version 1, as a vendor builds it. */
export function offered(board: RigBoard, form: PackageForm, sizeMin: number): Buffer {
  const base = form === "delta" ? packageOf(board, VERSION_1, 0) : undefined;
  const previous = base === undefined ? undefined : basePayload(base);
  const image = packageOf(board, VERSION_2, sizeMin, 1, { previous });
  return form === "whole" ? image : deltaPackage(image, base);
}

/** Of an authority that the device does not know; or of the right one, for another host. */
export type WrongCertificate = "other-authority" | "other-host";

/** What device and server prove themselves with. */
export interface Account {
  readonly serverId: string;
  readonly user: string;
  readonly password: string;
  readonly serverPassword: string;
}

const ACCOUNT: Account = {
  serverId: "rig",
  user: "device",
  password: "device-secret",
  serverPassword: "server-secret",
};

export class Rig {
  readonly directory: string;
  readonly server: DmServer;
  readonly host: PackageHost;
  readonly origin: string;
  /** SHA-256 of the package that is offered, in hexadecimal. */
  readonly digest: string;
  readonly #options: RigOptions;
  readonly #listening: Listening;
  readonly #certificate: ServerSecret | undefined;
  readonly #watch: Watch;
  #device: Device | undefined;
  #settled!: (outcome: Outcome) => void;
  /** Why the device, which was not told to, has ended. */
  #death: unknown;
  #died: (error: unknown) => void = () => undefined;
  /** Ends what `notify` repeats. */
  #answered: () => void = () => undefined;
  /** The end of the scenario, as the server sees it. */
  readonly outcome: Promise<Outcome>;

  /**
   * Builds, signs, makes the device, opens the port. Throws a RigError when something of it cannot
   * be had.
   */
  static async open(options: RigOptions): Promise<Rig> {
    const { board, log } = options;
    const note = (text: string): void => {
      log.emit({ kind: "note", text });
    };
    const { form = "whole" } = options;
    if (options.offer === undefined) note("building version 2, packing and signing it");
    const offer = options.offer ?? offered(board, form, options.size);
    const directory = options.state ?? mkdtempSync(join(tmpdir(), "xs-fumo-"));
    if (board.stays !== true) {
      note(`making a device with version 1 of board ${board.name}`);
      board.manufacture(directory, packageOf(board, VERSION_1, 0), keyOf(board));
    }
    let answer: Rig | undefined;
    const descriptor = options.descriptor === true ? {} : options.descriptor;
    const host = new PackageHost({
      data: offer,
      faults: options.hostFaults ?? [],
      ...(descriptor === undefined ? {} : { descriptor }),
      emit: recorder(log, "host"),
    });
    const { deltas = [] } = options;
    const paths = deltas.map((_, index) => `/delta/${index + 1}`);
    const hosts = [
      host,
      ...deltas.map(
        ({ data }, at) =>
          new PackageHost({ path: paths[at] ?? "", data, emit: recorder(log, "host") }),
      ),
    ];
    const secret = options.https === true ? certified(options.wrongCertificate) : undefined;
    const listening = await listen(
      (request) => {
        if (answer === undefined) throw new Error("a request before the rig is there");
        const asked = hosts.find(({ path }) => request.url.startsWith(path));
        return (asked ?? answer.server).handle(request);
      },
      options.place ?? LOOPBACK,
      secret?.shown,
    );
    const ca = secret === undefined ? {} : { ca: secret.good.authority.toString("base64") };
    const told = { ...options, provision: { ...ca, ...options.provision } };
    answer = new Rig(
      told,
      directory,
      listening,
      host,
      offer,
      `${listening.origin}${host.path}${descriptor === undefined ? "" : ".dd"}`,
      deltas.map((delta, at) => ({ ...delta, url: `${listening.origin}${paths[at] ?? ""}` })),
      secret?.good,
    );
    note(`DM server and package host on ${listening.origin}; device in ${directory}`);
    return answer;
  }

  private constructor(
    options: RigOptions,
    directory: string,
    listening: Listening,
    host: PackageHost,
    offer: Uint8Array,
    url: string,
    deltas: readonly OfferedDelta[],
    certificate?: ServerSecret,
  ) {
    this.#certificate = certificate;
    this.host = host;
    this.#options = options;
    this.directory = directory;
    this.origin = listening.origin;
    this.digest = createHash("sha256").update(offer).digest("hex");
    this.#listening = listening;
    this.#watch = new Watch(options.log, { crashes: options.mayCrash !== true });
    this.outcome = new Promise((resolve) => {
      this.#settled = resolve;
    });
    const { auth, scenario, pkgURL = (same) => same } = options;
    const { serverId, user, password, serverPassword } = { ...ACCOUNT, ...options.account };
    const proves = { type: auth, name: user, secret: password };
    for (const secret of [password, serverPassword]) options.log.secrets.add(secret);
    const record = recorder(options.log, "server");
    this.server = new DmServer({
      url: `${this.origin}/dm`,
      name: serverId,
      client: proves,
      server: { type: auth, name: serverId, secret: serverPassword },
      scenario: () =>
        scenarioOf(scenario, { object: "./FwUpdate/Main", data: offer, url: pkgURL(url), deltas }),
      faults: options.faults ?? [],
      emit: (event) => {
        record(event);
        this.#serverEvent(event);
      },
    });
    const { securityCounter } = options.board;
    options.board.provision(directory, {
      account: {
        serverId,
        address: `${this.origin}/dm`,
        encoding: options.encoding ?? "xml",
        auth,
        name: user,
        secret: password,
        serverAuth: auth,
        serverName: serverId,
        serverSecret: serverPassword,
      },
      keys: [publicText(keyOf(options.board))],
      objects: ["Main"],
      allowHttp: true,
      allowPrivate: true,
      sessionAtBoot: true,
      pollSeconds: 1,
      ...(securityCounter === undefined ? {} : { securityCounter }),
      ...options.provision,
    });
  }

  /** Powers the device on. */
  start(): Device {
    const { board, log } = this.#options;
    log.emit({ kind: "power", on: true, by: "process" });
    const device = board.start(this.directory, log);
    this.#device = device;
    this.#death = undefined;
    const died = (error: unknown): void => {
      if (this.#device !== device) return;
      this.#death = error;
      this.#died(error);
    };
    device.ended.then((status) => {
      if (status !== undefined)
        died(new RigError(Exit.crash, `the device ended by itself with status ${status}`));
    }, died);
    return device;
  }

  /**
   * Waits until the device listens for pushes. Where DHCP is slow it may take longer until they
   * reach it.
   */
  async listening(limitMs: number): Promise<void> {
    await within(
      limitMs,
      "the port for pushes",
      Promise.race([this.#options.log.first("listening"), this.#watch.failure()]),
    );
  }

  /** Has the server ask the device for a session, again and again until a message of it comes. */
  async notify(pushPort: number, notice: Partial<Notice> = {}): Promise<void> {
    this.#answered();
    this.#answered = await sendUntil(
      this.server.notification([...this.server.devices.keys()][0], notice),
      pushPort,
    );
  }

  /** Cuts its power; `by` says what does. */
  async cut(by = "process"): Promise<void> {
    const device = this.#device;
    this.#device = undefined;
    if (device === undefined) return;
    await device.kill();
    this.#options.log.emit({ kind: "power", on: false, by });
  }

  /** Cuts its power, and powers it on again. */
  async reset(): Promise<Device> {
    await this.cut();
    return this.start();
  }

  /** The servers are away for so long: connections are reset, and new ones refused. */
  async leave(awayMs: number): Promise<void> {
    const back = await this.#listening.leave();
    this.#options.log.emit({ kind: "fault", what: `refused for ${awayMs} ms` }, "host");
    await setTimeout(awayMs);
    await back();
  }

  /** The same, but that attempts to connect get no answer. */
  async silence(silentMs: number): Promise<void> {
    const back = await this.#listening.silence();
    this.#options.log.emit({ kind: "fault", what: `unanswered for ${silentMs} ms` }, "host");
    await setTimeout(silentMs);
    await back();
  }

  /** From now on the servers show the certificate that the device trusts. */
  showGood(): void {
    if (this.#certificate !== undefined) this.#listening.show(this.#certificate);
  }

  /** What the device, which is off, keeps: for `restore`. */
  snapshot(): Snapshot {
    return takeSnapshot(this.directory);
  }

  /** Makes the device, which is off, what it was. The servers are not told. */
  restore(snapshot: Snapshot): void {
    restoreSnapshot(this.directory, snapshot);
  }

  /** Turns it off by its switch, after which the log has the figures of its last boot. */
  async switchOff(): Promise<void> {
    const device = this.#device;
    this.#device = undefined;
    if (device === undefined) return;
    await device.switchOff();
    this.#options.log.emit({ kind: "power", on: false, by: "switch" });
  }

  /**
   * Bytes on the wire so far, heads and bodies of HTTP: of the DM server and the package host
   * together.
   */
  get traffic(): Traffic {
    return this.#listening.traffic;
  }

  /**
   * Waits until the scenario has ended. A device that crashes or ends by itself, or a wait past the
   * limit, is a RigError.
   */
  async finished(limitMs: number): Promise<Outcome> {
    const death = new Promise<never>((_, reject) => {
      this.#died = reject;
      if (this.#death !== undefined) reject(this.#death);
    });
    return within(
      limitMs,
      "the update",
      Promise.race([this.outcome, this.#watch.failure(), death]),
    );
  }

  /** Switches all off. */
  async close(): Promise<void> {
    this.#answered();
    await this.cut("end");
    await this.#listening.close();
    if (this.#options.state === undefined) rmSync(this.directory, { recursive: true, force: true });
  }

  #serverEvent(event: ServerEvent): void {
    if (event.kind === "message" && event.direction === "received") this.#answered();
    const outcome = [...this.server.outcomes.values()].find((candidate) => candidate !== undefined);
    if (outcome !== undefined) this.#settled(outcome);
  }
}

interface Shown {
  readonly good: ServerCertificate;
  /** What the servers begin with. */
  readonly shown: ServerCertificate;
}

function certified(wrong: WrongCertificate | undefined): Shown {
  const good = makeCertificate({ host: "localhost" });
  if (wrong === undefined) return { good, shown: good };
  const shown =
    wrong === "other-host"
      ? makeCertificate({ host: "elsewhere.example", of: good })
      : makeCertificate({ host: "localhost" });
  return { good, shown };
}

/** The version that a device said last when it started. */
export function runningVersion(log: EventLog): string | undefined {
  return log.last("boot")?.version;
}

/** Whether that is version 2. */
export function runsVersion(log: EventLog, version: Version): boolean {
  return runningVersion(log)?.split("+")[0] === versionText(version);
}

/**
 * The most that any boot of the device took, part by part; undefined when the board does not tell.
 */
export function mostHeap(log: EventLog): Heap | undefined {
  const heaps = log.all("heap");
  const [first] = heaps;
  if (first === undefined) return undefined;
  const most = (of: (heap: Heap) => number): number => Math.max(...heaps.map(of));
  return {
    slotBytes: first.slotBytes,
    peakSlots: most((heap) => heap.peakSlots),
    peakChunkBytes: most((heap) => heap.peakChunkBytes),
    stackSlots: most((heap) => heap.stackSlots),
    liveSlots: most((heap) => heap.liveSlots),
    liveChunkBytes: most((heap) => heap.liveChunkBytes),
  };
}
