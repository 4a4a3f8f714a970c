/**
 * The FUMO object (OMA-TS-DM-FUMO 1.0): lets DM servers drive the update engine.
 *
 * It keeps nothing itself. State and reports are functions of the engine's record, package texts
 * lie in the tree, and who asked for what lies in the engine's tickets. One package is dealt with
 * at a time; State of all other objects is 10.
 */
import type { GenericAlert } from "../syncml/alert.ts";
import { REASONS } from "../update/reason.ts";
import type { Refusal } from "../update/refusal.ts";
import { assert } from "../base/assert.ts";
import { frozen } from "../base/frozen.ts";
import { CORRELATOR_BYTES_MAX, URL_BYTES_MAX } from "../base/limits.ts";
import { utf8 } from "../base/utf8.ts";
import type { Work } from "../base/work.ts";
import type { Binding, Call, Exec, NodeDefinition } from "../tree/node.ts";
import { nodeKey, VALUE_KEY } from "../tree/nodes.ts";
import { Status } from "../syncml/status.ts";
import type { Sink, StreamMeta } from "../tree/stream.ts";
import type { Tree } from "../tree/tree.ts";
import { uriText, validName } from "../tree/uri.ts";
import { textOf } from "../tree/value.ts";
import type { Value } from "../tree/value.ts";
import { interior } from "../tree/definition.ts";
import type { UpdateEngine } from "./fumoengine.ts";
import { readRequest, requestText } from "./execrequest.ts";
import { FumoState, fumoState, holdsPackage, inOperation } from "./fumostate.ts";
import {
  BASE,
  DOWNLOAD,
  DOWNLOAD_AND_UPDATE,
  DOWNLOAD_AND_UPDATE_URL,
  DOWNLOAD_URL,
  FORMATS,
  PACKAGE,
  PKG_DATA,
  STATE,
  UPDATE,
} from "./fumonodes.ts";
import type { Way } from "./fumonodes.ts";

const ALERT_TYPES: { readonly [way in Way]: string } = frozen({
  Download: "org.openmobilealliance.dm.firmwareupdate.download",
  Update: "org.openmobilealliance.dm.firmwareupdate.update",
  DownloadAndUpdate: "org.openmobilealliance.dm.firmwareupdate.downloadandupdate",
});

/** Status of an Exec, and of a Replace of PkgData, for each refusal of the engine. */
const REFUSED: { readonly [refusal in Refusal]: { readonly exec: number; readonly data: number } } =
  frozen({
    busy: { exec: Status.commandNotAllowed, data: Status.forbidden },
    noPackage: { exec: Status.commandNotAllowed, data: Status.forbidden },
    sequence: { exec: Status.commandNotAllowed, data: Status.forbidden },
    tooLarge: { exec: Status.deviceFull, data: Status.deviceFull },
    corrupt: { exec: Status.forbidden, data: Status.forbidden },
    mismatch: { exec: Status.forbidden, data: Status.forbidden },
    untrusted: { exec: Status.forbidden, data: Status.forbidden },
    unacceptable: { exec: Status.forbidden, data: Status.forbidden },
    failedBefore: { exec: Status.forbidden, data: Status.forbidden },
    // A delta from another image: the whole one is wanted.
    wrongBase: { exec: Status.forbidden, data: Status.conflict },
  });

/** Returns the Status of a Replace of PkgData. */
function dataStatus(refusal: Refusal | undefined): number {
  return refusal === undefined ? Status.ok : REFUSED[refusal].data;
}

/** Returns the Status of an Exec. */
function execStatus(refusal: Refusal | undefined): number {
  return refusal === undefined ? Status.acceptedForProcessing : REFUSED[refusal].exec;
}

/** What x/Ext/Formats says: signed images, and deltas and compressed packages of them. */
const PACKAGE_FORMATS = "mcuboot xdp1";

export interface FumoOptions {
  /** Name, below the root, of the node under which objects are. */
  readonly root: string;
  /** Names of the objects that exist from the start and cannot be deleted. */
  readonly objects: readonly string[];
}

/** The node below which the objects are. */
export function fumoRoot(name: string): NodeDefinition {
  return interior(name, "Firmware packages.", [PACKAGE]);
}

export class Fumo {
  readonly #engine: UpdateEngine;

  /** Puts the object in the tree. */
  constructor(tree: Tree, engine: UpdateEngine, options: FumoOptions) {
    this.#engine = engine;
    assert(
      validName(options.root) && options.objects.every(validName),
      "FUMO objects are named like nodes",
    );
    const url: Binding = { admit: (call, value) => this.#admitUrl(call, value) };
    tree.mount(
      fumoRoot(options.root),
      new Map<NodeDefinition, Binding>([
        [PACKAGE, { instances: () => options.objects, remove: (call) => this.#remove(call) }],
        [STATE, { get: (call) => utf8(`${this.state(objectOf(call))}`) }],
        [FORMATS, { get: () => utf8(PACKAGE_FORMATS) }],
        [BASE, { get: () => utf8(this.#engine.baseText()) }],
        [DOWNLOAD_URL, url],
        [DOWNLOAD_AND_UPDATE_URL, url],
        [PKG_DATA, { stream: (call, meta) => this.#stream(call, meta) }],
        [DOWNLOAD, { exec: (call, argument) => this.#exec("Download", call, argument) }],
        [UPDATE, { exec: (call, argument) => this.#exec("Update", call, argument) }],
        [
          DOWNLOAD_AND_UPDATE,
          { exec: (call, argument) => this.#exec("DownloadAndUpdate", call, argument) },
        ],
      ]),
    );
  }

  /** State of the object with that URI. */
  state(object: string): number {
    const { record } = this.#engine;
    return record.object === object ? fumoState(record) : FumoState.idle;
  }

  /**
   * Outcomes that this server asked for and has not acknowledged, oldest first (OMA-TS-DM-FUMO
   * §10.2.2).
   */
  alerts(server: string): readonly GenericAlert[] {
    const alerts: GenericAlert[] = [];
    for (const { id, owner, reason } of this.#engine.tickets()) {
      const request = readRequest(owner);
      if (reason === undefined || request?.server !== server) continue;
      const code = REASONS[reason].result;
      const alert = {
        id,
        type: ALERT_TYPES[request.way],
        format: "int",
        mark: resultMark(code),
        source: request.object,
        data: `${code}`,
      };
      alerts.push(
        request.correlator === undefined ? alert : { ...alert, correlator: request.correlator },
      );
    }
    return alerts;
  }

  /** Forgets the outcome that alert `id` tells: the server has answered it. */
  acknowledge(id: number): void {
    this.#engine.settle(id);
  }

  /**
   * Drops outcomes that are owed to any server but these, who have accounts: nobody would fetch
   * them, and there is room for few.
   */
  disown(servers: readonly string[]): void {
    for (const { id, owner } of this.#engine.tickets()) {
      if (!servers.includes(readRequest(owner)?.server ?? "")) this.#engine.settle(id);
    }
  }

  /**
   * PkgURL and PkgData exclude each other, and a new URL is a new package: what there is of the
   * last one goes.
   */
  #admitUrl(call: Call, value: Value): number {
    const object = objectOf(call);
    const { record } = this.#engine;
    if (value.data.length > URL_BYTES_MAX) return Status.tooLarge;
    const url = textOf(value.data);
    if (url === undefined) return Status.commandFailed;
    if (record.object !== object) return Status.ok;
    if (inOperation(record)) return Status.forbidden;
    if (url !== keptUrl(call, call.at))
      call.staged.before(() => {
        this.#engine.discard(object);
      });
    return Status.ok;
  }

  #stream(call: Call, { size, early }: StreamMeta): Sink | number {
    if (early === true && holdsPackage(this.#engine.record)) return Status.tooLarge;
    const refusal = this.#engine.open(size ?? 0, objectOf(call));
    if (refusal !== undefined) return dataStatus(refusal);
    let open = true;
    const abort = (): void => {
      if (open) this.#engine.abort();
      open = false;
    };
    const taken = (refused: Refusal | undefined): Work<number> => {
      open = refused === undefined;
      if (open && this.#engine.working) return { step: () => taken(this.#engine.work()), abort };
      return dataStatus(refused);
    };
    return {
      keeps: 0,
      write: (bytes) => taken(this.#engine.write(bytes)),
      close: () => {
        open = false;
        const status = dataStatus(this.#engine.close());
        if (status === Status.ok) forgetUrls(call);
        return status;
      },
      abort,
    };
  }

  #exec(way: Way, call: Call, { correlator }: Exec): number {
    if (correlator !== undefined && utf8(correlator).length > CORRELATOR_BYTES_MAX)
      return Status.commandFailed;
    const object = objectOf(call);
    const request = requestText({ object, way, server: call.server, correlator });
    if (way === "Update") return execStatus(this.#engine.install(object, request));
    const url = keptUrl(call, [...call.at, "PkgURL"]);
    if (url === "") return Status.commandNotAllowed;
    return execStatus(this.#engine.start(url, object, request, way === "DownloadAndUpdate"));
  }

  #remove(call: Call): number {
    const object = objectOf(call);
    const { record } = this.#engine;
    if (record.object !== object) return Status.ok;
    if (inOperation(record)) return Status.forbidden;
    call.staged.before(() => {
      this.#engine.discard(object);
    });
    return Status.ok;
  }
}

/** Depth of x: the root of the objects is directly below the root of the tree. */
const OBJECT_DEPTH = 2;

/** The URI of x, which is also its name for the engine. */
function objectOf(call: Call): string {
  return uriText(call.at.slice(0, OBJECT_DEPTH));
}

function keptUrl(call: Call, at: readonly string[]): string {
  const bytes = call.staged.get(nodeKey(VALUE_KEY, at));
  return bytes === undefined ? "" : (textOf(bytes) ?? "");
}

function forgetUrls(call: Call): void {
  const object = call.at.slice(0, OBJECT_DEPTH);
  for (const way of ["Download", "DownloadAndUpdate"])
    call.staged.set(nodeKey(VALUE_KEY, [...object, way, "PkgURL"]), undefined);
}

/**
 * Returns how much a result matters (Mark of the alert, OMA-TS-DM-Protocol §8.7): a failure is
 * never informational.
 */
export function resultMark(code: number): string {
  if (code >= 200 && code < 300) return "informational";
  return code === 401 ? "warning" : "critical";
}
