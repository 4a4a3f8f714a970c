/** `xs-fumo device`: a device alone, against any DM server. */
import { X509Certificate } from "node:crypto";
import type { Command } from "commander";
import type { Encoding } from "../../../src/session/encoding.ts";
import { AUTH_KINDS, type AuthKind } from "../../../src/account/authkind.ts";
import { BOARD_NAMES, BOARDS } from "../boards/boards.ts";
import { EventLog, ndjson } from "../events/log.ts";
import { Exit, RigError } from "../exit.ts";
import { inUse, LOCKED, refuseInUse } from "../lock.ts";
import { countOption, ENCODINGS, urlOption, wordOption } from "../options.ts";
import { setUp } from "../setup.ts";
import { terminal } from "../terminal.ts";
import { within } from "../device.ts";
import { developmentKey, packageOf, publicText, VERSION_1 } from "../workshop.ts";
import { readKeyFile } from "../keys.ts";
import { readInput } from "./pack.ts";

const CONFIRM = ["none", "download", "update", "both"] as const;
const REQUESTS = ["none", "device", "user"] as const;

interface DeviceOptions {
  readonly board: keyof typeof BOARDS;
  readonly state: string;
  readonly server: string;
  readonly serverId: string;
  readonly user: string;
  readonly password: string;
  readonly auth: AuthKind;
  readonly encoding: Encoding;
  readonly serverUser?: string;
  readonly serverPassword?: string;
  readonly serverAuth?: AuthKind;
  readonly key?: string;
  readonly ca?: readonly string[];
  readonly packageTypes: readonly string[];
  readonly object: string;
  readonly request: (typeof REQUESTS)[number];
  readonly poll: number;
  readonly answer: readonly string[];
  readonly interactive?: true;
  readonly confirm: (typeof CONFIRM)[number];
  readonly pushPort?: number;
  readonly bootstrap: readonly string[];
  readonly networkSecret: string;
  readonly once?: true;
  readonly trace?: true;
  readonly limit: number;
  readonly json?: true;
  readonly quiet?: true;
  readonly log?: string;
}

export function addDevice(program: Command): void {
  const device = program
    .command("device")
    .description("run a device against a DM server; flash and account stay in the state directory")
    .requiredOption("--board <board>", `one of ${BOARD_NAMES.join(", ")}`, wordOption(BOARD_NAMES))
    .requiredOption(
      "--state <directory>",
      "flash, boot log and account; made with version 1.0.0 when it is not there",
    )
    .requiredOption("--server <url>", "URL of the DM server", urlOption)
    .requiredOption("--server-id <id>", "its ServerID")
    .option("--user <name>", "name that the device shows to the server", "")
    .option("--password <secret>", "and its password", "")
    .option(
      "--auth <type>",
      `${AUTH_KINDS.join(", ")}: how either side proves itself`,
      wordOption(AUTH_KINDS),
      "none",
    )
    .option(
      "--encoding <encoding>",
      "xml or wbxml: what it begins its sessions in",
      wordOption(ENCODINGS),
      "xml",
    )
    .option("--server-user <name>", "name that the server must show (default: its ServerID)")
    .option("--server-password <secret>", "demand credentials of the server, with this password")
    .option("--server-auth <type>", "how, if not as this device does", wordOption(AUTH_KINDS))
    .option(
      "--key <file>",
      "private key (PEM) whose public half the device trusts (default: the development key)",
    )
    .option("--ca <files...>", "certificates (PEM) of the authorities of its servers, two at most")
    .option("--package-types <types...>", "media types that descriptors may name, too", [])
    .option(
      "--object <name>",
      "name of the FUMO object ./FwUpdate/<name> that is there from the start",
      "Main",
    );
  addPersonOptions(device);
  addPushOptions(device)
    .option("--request <who>", "ask for an update: device or user", wordOption(REQUESTS), "none")
    .option(
      "--poll <seconds>",
      "a session every so many seconds; 0: one at the start, then only for a reason",
      countOption,
      0,
    )
    .option("--once", "end after one session")
    .option("--trace", "print every message whole")
    .option("--limit <seconds>", "give up after so long; 0: never", countOption, 0)
    .option("--json", "print events as NDJSON")
    .option("--quiet", "print results and warnings only")
    .option("--log <file>", "write all events to a file, as NDJSON")
    .addHelpText(
      "after",
      `
On a terminal the device asks the person who sits there: what the server alerts (1100 to 1104),
and what --confirm names. Exit status 5 means that the last session did not complete.

Example:
  xs-fumo device --board host --state dev --server http://127.0.0.1:8080/dm --server-id rig --once`,
    )
    .action(run);
}

/** Adds what a person is asked, and answers. */
function addPersonOptions(device: Command): Command {
  return device
    .option(
      "--answer <words...>",
      "what a person says when asked, in turn: yes, no, cancel, timeout, text:…, 2, 1-3",
      [],
    )
    .option(
      "--interactive",
      "ask a person here (the default on a terminal, without --answer; boards host and sim)",
    )
    .option(
      "--confirm <what>",
      `${CONFIRM.join(", ")}: what a person is asked before it begins`,
      wordOption(CONFIRM),
      "none",
    );
}

/** Adds what the device takes from the network without asking for it. */
function addPushOptions(device: Command): Command {
  return device
    .option(
      "--push-port <number>",
      "UDP port on 127.0.0.1 on which it listens for notifications and bootstrap messages",
      countOption,
    )
    .option(
      "--bootstrap <methods...>",
      "bootstrap messages that it takes: NETWORKID, USERPIN, USERPIN_NETWORKID",
      [],
    )
    .option("--network-secret <secret>", "the secret that it shares with the network", "");
}

/** A certificate in a file that the user named, as the provisioning holds it: DER in base64. */
function authority(path: string): string {
  const pem = readInput(path);
  try {
    return new X509Certificate(pem).raw.toString("base64");
  } catch {
    throw new RigError(Exit.usage, `${path} is not a certificate in PEM`);
  }
}

async function run(options: DeviceOptions): Promise<void> {
  setUp(options.board, (text) => {
    process.stderr.write(`${text}\n`);
  });
  const board = BOARDS[options.board];
  const log = new EventLog(board.name);
  log.view(
    terminal({
      quiet: options.quiet === true,
      json: options.json === true,
      verbose: options.trace === true,
    }),
  );
  if (options.log !== undefined) log.view(ndjson(options.log));
  refuseInUse(options.state);
  const key = options.key === undefined ? developmentKey() : readKeyFile(options.key);
  board.manufacture(options.state, packageOf(board, VERSION_1, 0), key);
  const interactive =
    options.answer.length === 0 && (options.interactive === true || process.stdin.isTTY === true);
  board.provision(options.state, {
    account: {
      serverId: options.serverId,
      address: options.server,
      encoding: options.encoding,
      auth: options.auth,
      name: options.user,
      secret: options.password,
      serverAuth:
        options.serverPassword === undefined
          ? "none"
          : (options.serverAuth ?? (options.auth === "none" ? "basic" : options.auth)),
      serverName: options.serverUser ?? options.serverId,
      serverSecret: options.serverPassword ?? "",
    },
    keys: [publicText(key)],
    ...(options.ca === undefined ? {} : { ca: options.ca.map(authority) }),
    packageTypes: options.packageTypes,
    objects: [options.object],
    allowHttp: true,
    allowPrivate: true,
    sessionAtBoot: true,
    pollSeconds: options.poll,
    request: options.request,
    answers: options.answer,
    typedAnswers: interactive,
    confirm: options.confirm,
    ...(options.pushPort === undefined ? {} : { pushPort: options.pushPort }),
    bootstrap: options.bootstrap,
    networkSecret: options.networkSecret,
    once: options.once === true,
    trace: options.trace === true,
  });
  const device = board.start(options.state, log, interactive);
  process.once("SIGTERM", () => {
    void device.kill();
  });
  process.once("SIGINT", () => {
    void device.kill();
  });
  const status = await (options.limit > 0
    ? within(options.limit * 1000, "the device", device.ended)
    : device.ended
  ).finally(() => device.kill());
  if (status === LOCKED) throw inUse(options.state);
  if (status !== undefined && status !== 0)
    throw new RigError(Exit.crash, `the device ended with status ${status}`);
  process.exitCode =
    status === undefined
      ? Exit.interrupted
      : log.last("session")?.outcome === "completed"
        ? Exit.ok
        : Exit.protocol;
}
