/** `rig.yaml`: the boards of a bench, and where its servers are. test/rig/bench/rig.schema.json. */
import { Ajv, type ErrorObject } from "ajv";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlias, isMap, isNode, LineCounter, type Node, parseDocument } from "yaml";
import { root } from "../../root.ts";
import type { DeviceName } from "../boards/boards.ts";
import type { FirmwareFault } from "../boards/board.ts";
import { Exit, RigError } from "../exit.ts";

/** The name in the rig file of a board that nothing here emulates. */
export const ESP32 = "esp32";

export interface RigFile {
  readonly server?: ServerEntry;
  readonly boards: { readonly [name: string]: BoardEntry };
}

export interface ServerEntry {
  /** This machine, as boards see it. */
  readonly host?: string;
  /** Where the servers listen; by default `host`, where that is an address of this machine. */
  readonly bind?: string;
  readonly port?: number;
}

export interface BoardEntry {
  /** What firmware and packages are made for. */
  readonly kind: DeviceName | typeof ESP32;
  /** A line (line/line.ts), the USB serial number of the bridge, or a place of labgrid. */
  readonly console: string | { readonly usb: string } | { readonly labgrid: string };
  readonly baud?: number;
  readonly power?: PowerEntry;
  /** What the board was provisioned with, where `provision` does not say how to do that. */
  readonly account?: AccountEntry;
  /** Where xs-fumo does not build it itself. */
  readonly firmware?: FirmwareEntry;
  /** Shell command that makes the board new: `{image}`, with `{keys}` in it as SPKI. */
  readonly flash?: string;
  /** Shell command that gives the board the provisioning in `{file}`. */
  readonly provision?: string;
}

export type PowerEntry =
  | { readonly on: string; readonly off: string }
  | { readonly http: { readonly on: string; readonly off: string } }
  | { readonly uhubctl: { readonly location: string; readonly port: number } }
  | { readonly labgrid: string };

/** Secrets are `env:NAME` or `file:PATH`. */
export interface AccountEntry {
  readonly serverId?: string;
  readonly user?: string;
  readonly password?: string;
  readonly serverPassword?: string;
}

export interface FirmwareEntry {
  /** Shell command: `{version}` and `{fault}`, of which the latter may be empty, to `{out}`. */
  readonly build: string;
  /** The vendor's private key; without one that of this checkout. */
  readonly key?: string;
  /** Which builds that misbehave it can make. */
  readonly faults?: readonly FirmwareFault[];
}

const SCHEMA = join(root, "test/rig/bench/rig.schema.json");

/** Reads a rig file. Throws a RigError that names each line with something wrong. */
export function readRigFile(file: string): RigFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new RigError(Exit.usage, error instanceof Error ? error.message : `cannot read ${file}`);
  }
  const problems = problemsOf(text);
  if (problems.length > 0)
    throw new RigError(
      Exit.usage,
      problems.map(({ line, text: what }) => `${file}:${line}: ${what}`).join("\n"),
      "test/rig/bench/rig.schema.json says what a rig file has; editors can check by it",
    );
  return parseDocument(text).toJS() as RigFile;
}

/** Reads one board of a rig file. Throws a RigError when it has none of that name. */
export function entryIn(file: string, name: string): BoardEntry {
  return boardIn(readRigFile(file), file, name);
}

/** Returns that board. Throws a RigError when there is none of that name. */
export function boardIn({ boards }: RigFile, file: string, name: string): BoardEntry {
  const entry = boards[name];
  if (entry !== undefined) return entry;
  throw new RigError(
    Exit.usage,
    `${file} has no board ${name}`,
    `its boards: ${Object.keys(boards).join(", ")}`,
  );
}

interface Problem {
  readonly line: number;
  readonly text: string;
}

/** Returns what is wrong with the text, by line. */
export function problemsOf(text: string): readonly Problem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0)
    return document.errors.map(({ pos, message }) => ({
      line: lines.linePos(pos[0]).line,
      text: message.split("\n")[0]?.replace(/ at line \d+.*$/, "") ?? "no YAML",
    }));
  const validate = new Ajv({ allErrors: true, verbose: true, strict: false }).compile(schema());
  validate(document.toJS());
  const problems = (validate.errors ?? []).map((error) => ({
    line: lines.linePos(offsetOf(document.contents, pathOf(error))).line,
    text: sentence(error),
  }));
  return problems.filter(
    ({ line, text: what }, index) =>
      problems.findIndex((other) => other.line === line && other.text === what) === index,
  );
}

function schema(): object {
  return JSON.parse(readFileSync(SCHEMA, "utf8")) as object;
}

/** The members that lead to the place of an error; one that is unknown is the last. */
function pathOf({ instancePath, params }: ErrorObject): readonly string[] {
  const path = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const { additionalProperty } = params as { readonly additionalProperty?: string };
  return additionalProperty === undefined ? path : [...path, additionalProperty];
}

/** Where that member begins; where it is not, the one around it. */
function offsetOf(from: Node | null, path: readonly string[]): number {
  let node: Node | null = from;
  let offset = from?.range?.[0] ?? 0;
  for (const name of path) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isNode(key) && String(key) === name);
    if (pair === undefined) break;
    if (isNode(pair.key) && !isAlias(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = isNode(pair.value) ? pair.value : null;
  }
  return offset;
}

/** Of these the schema says itself what is wanted. */
const OWN_WORDS: readonly string[] = ["pattern", "maxProperties"];

function sentence({ keyword, params, parentSchema, instancePath, message }: ErrorObject): string {
  const where = instancePath.slice(1).replaceAll("/", ".") || "the file";
  if (keyword === "additionalProperties") {
    const { additionalProperty } = params as { readonly additionalProperty: string };
    const known = Object.keys((parentSchema as { properties?: object }).properties ?? {});
    return `"${additionalProperty}" is not known in ${where}: ${known.join(", ")}`;
  }
  if (keyword === "enum") {
    const { allowedValues } = params as { readonly allowedValues: readonly string[] };
    return `${where} is one of ${allowedValues.join(", ")}`;
  }
  const { errorMessage } = parentSchema as { readonly errorMessage?: string };
  if (OWN_WORDS.includes(keyword) && errorMessage !== undefined) return `${where} ${errorMessage}`;
  return `${where} ${message ?? "is wrong"}`;
}

/** Reads a secret by what names it. Throws a RigError that does not show it. */
export function secretOf(reference: string): string {
  const [, kind, name = ""] = /^(env|file):(.+)$/.exec(reference) ?? [];
  try {
    const value = kind === "file" ? readFileSync(name, "utf8").trimEnd() : process.env[name];
    if (value !== undefined && value !== "") return value;
  } catch {
    // It is said below.
  }
  throw new RigError(Exit.usage, `the secret ${kind}:${name} is not there`);
}

/** The shell commands that switch the power of a board. */
export function powerCommands(power: PowerEntry): { powerOn: string; powerOff: string } {
  const both = (
    command: (word: "on" | "off") => string,
  ): { powerOn: string; powerOff: string } => ({
    powerOn: command("on"),
    powerOff: command("off"),
  });
  if ("on" in power) return both((word) => power[word]);
  if ("http" in power)
    return both((word) => `curl --fail --silent --show-error '${power.http[word]}'`);
  if ("labgrid" in power)
    return both((word) => `labgrid-client -p '${power.labgrid}' power ${word}`);
  const { location, port } = power.uhubctl;
  return both((word) => `uhubctl -l '${location}' -p ${port} -a ${word}`);
}
