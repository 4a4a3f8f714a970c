/** The orders of a page, carried out by the servers and the switch of a rig. */
import type { EventLog } from "../events/log.ts";
import { Exit, RigError } from "../exit.ts";
import type { DmServer } from "../server/dm-server.ts";
import { parseFaultWord } from "../server/faultword.ts";
import type { PackageHost } from "../server/package-host.ts";
import type { Operation } from "../server/scenario.ts";
import type { Order } from "./model/order.ts";
import type { Orders } from "./server.ts";

/** The switch of a board: both end when it is done. */
export interface Switch {
  on(): void | Promise<void>;
  off(): void | Promise<void>;
}

export interface Controls {
  readonly log: EventLog;
  readonly server?: DmServer;
  readonly host?: PackageHost;
  readonly power?: Switch;
  /** Asks the device for a session. Absent: it comes by itself. */
  readonly ask?: () => void | Promise<void>;
}

/** Returns the orders that these controls can carry out. */
export function ordersOf({ log, server, host, power, ask }: Controls): Orders {
  return {
    ...(power === undefined ? {} : { power: switching(power) }),
    ...(server === undefined
      ? {}
      : {
          command: (order) => {
            known(server.order(operationOf(order)));
            return `${order.name} ${order.uri} goes out in the next session.`;
          },
          update: () => {
            known(server.again());
            return "The package is offered again in the next session.";
          },
        }),
    ...(server === undefined || host === undefined
      ? {}
      : { fault: ({ word }) => spoil(word, log, server, host) }),
    ...(ask === undefined
      ? {}
      : {
          session: async () => {
            await ask();
            return "The device was asked for a session.";
          },
        }),
  };
}

type Command = Extract<Order, { what: "command" }>;

function known(devices: number): void {
  if (devices === 0) throw new RigError(Exit.noBoard, "No device has come to the server yet.");
}

/** Get, Replace or Exec, as the campaign of the server has them. */
function operationOf({ name, uri, value }: Command): Operation {
  return { name, uri, ...(value === undefined ? {} : { data: value }), accept: "any" };
}

/** One after the other: a second press while the first is at work does nothing new. */
function switching(power: Switch): Orders["power"] & object {
  let isOn = true;
  let work: Promise<string> = Promise.resolve("");
  return ({ on }) => {
    work = work
      .catch(() => "")
      .then(async () => {
        if (on === isOn) return on ? "The device has power." : "The device has no power.";
        await (on ? power.on() : power.off());
        isOn = on;
        return on ? "The device has power again." : "The power was cut.";
      });
    return work;
  };
}

/** The word with the number of its request, for a run that begins with it. */
function spoil(word: string, log: EventLog, server: DmServer, host: PackageHost): string {
  const { on, fault, times } = parseFaultWord(word);
  const at = on === "dm" ? server.misbehave(fault, times) : host.misbehave(fault, on, times);
  const told = `${word.replace(/x\d+$/, "")}@${at}${times > 1 ? `x${times}` : ""}`;
  log.emit({ kind: "note", text: `fault ordered: ${told}` });
  return `Ordered: --fault ${told}`;
}
