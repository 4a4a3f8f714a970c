/** Where servers listen, and what the boards call this machine. */
import { networkInterfaces } from "node:os";
import { Exit, RigError } from "../exit.ts";

export interface Place {
  /** The name or address in the URLs that boards get. */
  readonly host: string;
  /** The address to listen on. */
  readonly bind: string;
  /** 0: any that is free. */
  readonly port: number;
}

export const LOOPBACK: Place = { host: "127.0.0.1", bind: "127.0.0.1", port: 0 };

/** All addresses of this machine: one may listen there, but not call there. */
const ANY: readonly string[] = ["0.0.0.0", "::"];

/**
 * Returns the place; what is missing is the loopback, or what follows from `host`. Throws a
 * RigError when nothing says what boards shall call this machine.
 */
export function placeOf(words: Partial<Place>): Place {
  const { host = words.bind ?? LOOPBACK.host, port = 0 } = words;
  if (ANY.includes(host))
    throw new RigError(
      Exit.usage,
      `${host} is where to listen, and no address that a board can call`,
      `say what boards call this machine, with --host or host: ${ownAddresses().join(", ")}`,
    );
  const { bind = isOwn(host) ? host : "0.0.0.0" } = words;
  return { host, bind, port };
}

function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.filter(({ family }) => family === "IPv4").map(({ address }) => address);
}

/** True for an address of this computer; a name may be that of a router between. */
export function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) =>
    list?.some((each) => each.address === address),
  );
}
