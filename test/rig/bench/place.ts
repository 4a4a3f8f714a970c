/** Where servers listen, and what the boards call this machine. */
import { networkInterfaces } from "node:os";

export interface Place {
  /** The name or address in the URLs that boards get. */
  readonly host: string;
  /** The address to listen on. */
  readonly bind: string;
  /** 0: any that is free. */
  readonly port: number;
}

export const LOOPBACK: Place = { host: "127.0.0.1", bind: "127.0.0.1", port: 0 };

/** Returns the place; what is missing is the loopback, or what follows from `host`. */
export function placeOf(words: Partial<Place>): Place {
  const { host = words.bind ?? LOOPBACK.host, port = 0 } = words;
  const { bind = isOwn(host) ? host : "0.0.0.0" } = words;
  return { host: host === "0.0.0.0" ? LOOPBACK.host : host, bind, port };
}

/** True for an address of this computer; a name may be that of a router between. */
export function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) =>
    list?.some((each) => each.address === address),
  );
}
