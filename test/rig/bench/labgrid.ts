/**
 * Places of labgrid. Its coordinator, which LG_COORDINATOR names, gives a place to one user at a
 * time; its client switches the power, and tells where the console is.
 */
import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { Exit, RigError } from "../exit.ts";

const CLIENT = "labgrid-client";
/** How a NetworkSerialPort is spoken to, as a line names it. */
const SCHEMES: { readonly [protocol: string]: string | undefined } = {
  raw: "tcp",
  rfc2217: "rfc2217",
};

interface SerialPort {
  readonly host?: string;
  readonly port?: number;
  readonly protocol?: string;
}

interface Environment {
  readonly targets?: {
    readonly [place: string]: {
      readonly resources?: readonly { readonly NetworkSerialPort?: SerialPort }[];
    };
  };
}

/** Acquires a place. Throws a RigError that says who has it, in labgrid's words. */
export function acquire(place: string): void {
  const hint = `to see who has it: ${CLIENT} who; to give it back: ${CLIENT} -p ${place} release`;
  client(place, ["acquire"], hint);
}

/** Gives a place back. Throws a RigError when labgrid does not take it. */
export function release(place: string): void {
  client(place, ["release"]);
}

/** True for a place that this user may use: it is acquired, and not by somebody else. */
export function isOurs(place: string): boolean {
  return spawnSync(CLIENT, ["-p", place, "env"], { stdio: "ignore" }).status === 0;
}

/** Returns who has a place; undefined when nobody has. Throws a RigError. */
export function userOf(place: string): string | undefined {
  const user = /^ *acquired: (.+)$/m.exec(client(place, ["show"]))?.[1];
  return user === "None" ? undefined : user;
}

/** Returns the line to the console of an acquired place. Throws a RigError. */
export function consoleOf(place: string): string {
  const line = lineIn(client(place, ["env"]), place);
  if (line !== undefined) return line;
  throw new RigError(
    Exit.noBoard,
    `labgrid's place ${place} has no console: one NetworkSerialPort, raw or rfc2217, is needed`,
    `to see what it has: ${CLIENT} -p ${place} show`,
  );
}

/** Finds the console in what `labgrid-client env` writes; undefined where not just one is. */
export function lineIn(environment: string, place: string): string | undefined {
  const { targets } = parse(environment) as Environment;
  const ports = (targets?.[place]?.resources ?? []).flatMap(({ NetworkSerialPort: port }) =>
    port === undefined ? [] : [port],
  );
  const [{ host, port, protocol = "rfc2217" } = {}] = ports;
  const scheme = SCHEMES[protocol];
  if (ports.length !== 1 || host === undefined || typeof port !== "number") return undefined;
  return scheme === undefined ? undefined : `${scheme}://${host}:${port}`;
}

/** Returns what the client printed. */
function client(place: string, words: readonly string[], hint?: string): string {
  const { status, stdout, stderr, error } = spawnSync(CLIENT, ["-p", place, ...words], {
    encoding: "utf8",
  });
  if (status === 0) return stdout;
  const why = error === undefined ? stderr.trim() : error.message;
  const what = `labgrid, ${words.join(" ")} of place ${place}: ${why}`;
  throw new RigError(
    Exit.noBoard,
    what,
    error === undefined ? hint : `${CLIENT} is of PyPI's package labgrid; put it into the PATH`,
  );
}
