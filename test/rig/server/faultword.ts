/**
 * Faults of the servers as words of a command line: `package:status:503@1x2` is the first two
 * requests for the package, answered 503. `dm` is the DM server, `package` the package, `dd` its
 * descriptor, `report` the status reports of a download. Without `@REQUEST` it is the next request.
 */
import {
  DM_NUMBERS,
  type Fault,
  HOST_NUMBERS,
  type HostFault,
  type HostMisbehaviour,
  type Misbehaviour,
  type Resource,
} from "./fault.ts";

/** A fault whose request may not be known yet. */
export type FaultWord =
  | {
      readonly on: "dm";
      readonly fault: Misbehaviour;
      readonly at?: number;
      readonly times: number;
    }
  | {
      readonly on: Resource;
      readonly fault: HostMisbehaviour;
      readonly at?: number;
      readonly times: number;
    };

const RESOURCES: { readonly [word: string]: "dm" | Resource | undefined } = {
  dm: "dm",
  package: "package",
  dd: "descriptor",
  report: "status",
};

const WORD = /^([a-z]+):([A-Za-z]+)(?::(\d{1,9}))?(?:@(\d{1,6}))?(?:x(\d{1,6}))?$/;

/** Returns the fault that a word names. Throws an Error that says what is wrong with the word. */
export function parseFaultWord(text: string): FaultWord {
  const [, kind = "", what = "", number, at, times] = WORD.exec(text) ?? [];
  const on = RESOURCES[kind];
  if (on === undefined)
    throw new Error(
      "A fault is WHERE:WHAT[:NUMBER][@REQUEST][xTIMES], such as package:status:503@1x2; " +
        `WHERE is one of ${Object.keys(RESOURCES).join(", ")}.`,
    );
  const numbers: { readonly [what: string]: string | undefined } =
    on === "dm" ? DM_NUMBERS : HOST_NUMBERS;
  if (!Object.hasOwn(numbers, what))
    throw new Error(`${kind} has no fault "${what}": ${Object.keys(numbers).join(", ")}.`);
  const name = numbers[what];
  if (name !== undefined && number === undefined)
    throw new Error(`${kind}:${what} needs a number: ${kind}:${what}:${name.toUpperCase()}.`);
  if (name === undefined && number !== undefined) throw new Error(`${kind}:${what} has no number.`);
  if (at === "0" || times === "0") throw new Error("Requests are counted from 1.");
  const fault = { what, ...(name === undefined ? {} : { [name]: Number(number) }) };
  return {
    on,
    fault,
    times: Number(times ?? 1),
    ...(at === undefined ? {} : { at: Number(at) }),
  } as FaultWord;
}

/** Returns the faults that a server starts with: words without a request mean the first. */
export function faultsOf(words: readonly FaultWord[]): {
  readonly faults: readonly Fault[];
  readonly hostFaults: readonly HostFault[];
} {
  const faults: Fault[] = [];
  const hostFaults: HostFault[] = [];
  for (const word of words) {
    const when = { at: word.at ?? 1, times: word.times };
    if (word.on === "dm") faults.push({ ...word.fault, ...when });
    else hostFaults.push({ ...word.fault, ...when, on: word.on });
  }
  return { faults, hostFaults };
}
