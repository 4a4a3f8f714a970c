/** `xs-fumo serve`: the DM server and the package host alone, for any client. */
import type { Command } from "commander";
import { AUTH_KINDS, type AuthKind } from "../../../src/account/authkind.ts";
import { placeOf } from "../bench/place.ts";
import { baseText, deltaPackage } from "../delta/package.ts";
import { EventLog, ndjson } from "../events/log.ts";
import { Exit, RigError } from "../exit.ts";
import {
  type Address,
  addressOption,
  countOption,
  faultOption,
  nonceOption,
  wordOption,
} from "../options.ts";
import { ordersOf } from "../page/orders.ts";
import { addPageOptions, interrupted, openPage, type PageFlags } from "../page/page.ts";
import { DmServer } from "../server/dm-server.ts";
import type { ServerEvent } from "../server/event.ts";
import type { Reply, Request } from "../server/exchange.ts";
import { guarded } from "../server/guard.ts";
import { listen, type Listening } from "../server/http.ts";
import { type FaultWord, faultsOf } from "../server/faultword.ts";
import { PackageHost } from "../server/package-host.ts";
import { sendUntil } from "../server/datagram.ts";
import type { ServerOptions } from "../server/options.ts";
import {
  type OfferedDelta,
  type Scenario,
  type ScenarioName,
  SCENARIOS,
  scenarioOf,
} from "../server/scenario.ts";
import { recorder } from "../serverevent.ts";
import { size, terminal } from "../terminal.ts";
import { packageFault } from "./inspect.ts";
import { readInput, refused } from "./pack.ts";

/** Events that are kept: a server may run for years. */
const EVENTS_MAX = 1000;
/** Of a run that is looked at they are more. */
const SEEN_EVENTS_MAX = 100_000;

interface ServeOptions extends PageFlags {
  readonly port: number;
  readonly host?: string;
  readonly bind?: string;
  readonly package: string;
  readonly deltaFrom: readonly string[];
  readonly any?: true;
  readonly scenario: ScenarioName;
  readonly object: string;
  readonly auth: AuthKind;
  readonly user: string;
  readonly password: string;
  readonly serverId: string;
  readonly serverPassword?: string;
  readonly serverAuth?: AuthKind;
  readonly ask?: string;
  readonly notify?: Address;
  readonly descriptor?: true;
  readonly nonce?: Uint8Array;
  readonly respUri?: string;
  readonly stay?: true;
  readonly fault: readonly FaultWord[];
  readonly limit: number;
  readonly json?: true;
  readonly quiet?: true;
  readonly log?: string;
}

export function addServe(program: Command): void {
  const command = program
    .command("serve")
    .description("serve one update to any DM client, drive it to its end, and end with its result")
    .requiredOption("--package <file>", "the package to offer")
    .option(
      "--delta-from <packages...>",
      "make deltas from these: a device that runs one of them gets its delta first",
      [],
    )
    .option("--any", "offer any file, and not only what a device could take for a package")
    .option("--port <number>", "0: any that is free", countOption, 0)
    .option("--host <name>", "what devices call this machine, in RespURI and PkgURL")
    .option(
      "--bind <address>",
      "where to listen (default: --host if that is an address of this machine; 127.0.0.1 without)",
    )
    .option(
      "--scenario <scenario>",
      `one of ${SCENARIOS.join(", ")}`,
      wordOption(SCENARIOS),
      "download-and-update",
    )
    .option("--object <uri>", "the FUMO object", "./FwUpdate/Main")
    .option(
      "--auth <type>",
      `${AUTH_KINDS.join(", ")}: how devices, and this server, prove themselves`,
      wordOption(AUTH_KINDS),
      "none",
    )
    .option("--user <name>", "name that devices must show", "device")
    .option("--password <secret>", "and their password", "")
    .option("--server-id <id>", "ServerID, and the name that this server shows", "rig")
    .option("--server-password <secret>", "show credentials to devices, with this password")
    .option("--server-auth <type>", "how, if not as devices do", wordOption(AUTH_KINDS))
    .option(
      "--descriptor",
      "PkgURL names a download descriptor (OMA Download 1.0); its status reports are shown",
    )
    .option("--ask <question>", "ask the person at the device before each Exec (Alert 1101)")
    .option(
      "--notify <address>",
      "ask the device at HOST:PORT for a session (package 0), every second until it comes",
      addressOption,
    )
    .option(
      "--fault <word>",
      "a fault, such as package:status:503@1x2 or dm:drop@3; may be repeated",
      faultOption,
      [],
    )
    .option(
      "--nonce <base64>",
      "the first nonce that the devices were given (default: none)",
      nonceOption,
    )
    .option("--resp-uri <uri>", "where devices shall send their next messages (RespURI)")
    .option("--stay", "go on after the first result, until interrupted")
    .option("--limit <seconds>", "give up after so long; 0: never", countOption, 0)
    .option("--json", "print events as NDJSON")
    .option("--quiet", "print the result and warnings only")
    .option("--log <file>", "write all events to a file, as NDJSON");
  addPageOptions(command)
    .addHelpText(
      "after",
      `
Example:
  xs-fumo build --board host --version 2.0.0 -o v2.img
  xs-fumo serve --port 8080 --package v2.img --scenario download-and-update
  xs-fumo serve --port 8080 --package v3.img --delta-from v1.img v2.img`,
    )
    .action(serve);
}

interface HostedDelta {
  readonly path: string;
  /** What devices say that it is for. */
  readonly base: string;
  readonly data: Buffer;
}

/** A delta of the package from each of these. */
function deltasOf(image: Buffer, files: readonly string[]): readonly HostedDelta[] {
  return files.map((file, index) => {
    const from = readInput(file);
    try {
      const data = deltaPackage(image, from);
      return { path: `/delta/${index + 1}`, base: baseText(from), data };
    } catch (error) {
      throw refused(error);
    }
  });
}

/** Returns who the server is, and what devices and it prove themselves with. */
function peersOf(
  options: ServeOptions,
  url: string,
): Pick<ServerOptions, "url" | "name" | "client" | "server" | "respUri"> {
  const { serverPassword = "", nonce, respUri } = options;
  const type = serverPassword === "" ? "none" : (options.serverAuth ?? options.auth);
  return {
    url,
    name: options.serverId,
    client: {
      type: options.auth,
      name: options.user,
      secret: options.password,
      ...(nonce === undefined ? {} : { nonce }),
    },
    ...(respUri === undefined ? {} : { respUri }),
    server: { type, name: options.serverId, secret: serverPassword },
  };
}

/** Returns what the server does with each device. `offer`: the package, and where it is. */
function scenarioFor(
  { scenario, object, ask }: ServeOptions,
  offer: { readonly data: Uint8Array; readonly url: string; readonly deltas: OfferedDelta[] },
): () => Scenario {
  return () => scenarioOf(scenario, { object, ...offer, ...(ask === undefined ? {} : { ask }) });
}

function eventsMax({ page, report }: ServeOptions): number {
  return page === undefined && report === undefined ? EVENTS_MAX : SEEN_EVENTS_MAX;
}

/** Throws a RigError when the port cannot be had. */
async function listeningAt(
  { host, bind, port }: ServeOptions,
  handle: Parameters<typeof listen>[0],
): Promise<Listening> {
  const named = host === undefined ? {} : { host };
  const place = placeOf({ ...named, ...(bind === undefined ? {} : { bind }), port });
  try {
    return await listen(handle, place);
  } catch (error) {
    throw new RigError(
      Exit.usage,
      `cannot listen on port ${port} of ${place.bind}: ${String(error)}`,
      "--port 0 takes any that is free",
    );
  }
}

async function serve(options: ServeOptions): Promise<void> {
  const data = readInput(options.package);
  const wrong = options.any === true ? undefined : packageFault(data);
  if (wrong !== undefined)
    throw new RigError(Exit.usage, `${options.package} ${wrong}`, "--any offers any file");
  const log = new EventLog("server", eventsMax(options));
  log.view(terminal({ quiet: options.quiet === true, json: options.json === true, verbose: true }));
  if (options.log !== undefined) log.view(ndjson(options.log));
  let ended: (code: number) => void = () => undefined;
  let answered: () => void = () => undefined;
  const result = new Promise<number>((resolve) => {
    ended = resolve;
  });
  const record = recorder(log, "server");
  for (const secret of [options.password, options.serverPassword ?? ""]) log.secrets.add(secret);
  const emit = (event: ServerEvent): void => {
    record(event);
    if (event.kind === "message" && event.direction === "received") answered();
    if (event.kind === "result" && options.stay !== true) ended(event.code);
  };
  const { faults, hostFaults } = faultsOf(options.fault);
  const deltas = deltasOf(data, options.deltaFrom);
  const told = recorder(log, "host");
  const host = new PackageHost({ data, faults: hostFaults, emit: told });
  const hosts = [
    host,
    ...deltas.map(({ path, data }) => new PackageHost({ path, data, emit: told })),
  ];
  let server: DmServer | undefined;
  const handle = (request: Request): Reply => {
    const asked = hosts.find(({ path }) => request.url.startsWith(path));
    return (asked ?? server ?? host).handle(request);
  };
  const listening = await listeningAt(options, guarded(handle, emit));
  const suffix = options.descriptor === true ? ".dd" : "";
  const offered = `${listening.origin}${host.path}${suffix}`;
  const url = `${listening.origin}/dm`;
  server = new DmServer({
    ...peersOf(options, url),
    emit,
    faults,
    scenario: scenarioFor(options, {
      data,
      url: offered,
      deltas: deltas.map((delta) => ({
        ...delta,
        url: `${listening.origin}${delta.path}${suffix}`,
      })),
    }),
  });
  log.emit({ kind: "note", text: `DM server ${url}, package ${offered}` });
  for (const { path, base, data } of deltas)
    log.emit({ kind: "note", text: `delta ${path}, ${size(data.length)}, for base ${base}` });
  const dm = server;
  const { notify } = options;
  const ask = async (): Promise<void> => {
    if (notify === undefined) return;
    answered();
    answered = await sendUntil(dm.notification(), notify.port, notify.host);
  };
  const controls = { log, server, host, ...(notify === undefined ? {} : { ask }) };
  const page = await openPage(options, log, ordersOf(controls));
  await ask();
  if (options.limit > 0)
    setTimeout(() => {
      ended(-1);
    }, options.limit * 1000).unref();
  const code = await result;
  if (page !== undefined && code >= 0) await interrupted();
  answered();
  await listening.close();
  await page?.close();
  if (code < 0) throw new RigError(Exit.timeout, `no result within ${options.limit} s`);
  process.exitCode = code >= 200 && code < 300 ? Exit.ok : Exit.failed;
}
