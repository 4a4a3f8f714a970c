/** Ports for tests. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that a system gives to whoever does not say which, so that nobody else is given
 * one before it is used.
 */
const FROM = 10_000;
const PORTS = 20_000;

/** A port of 127.0.0.1 that nobody has, of TCP and of UDP. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FROM + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const tcp = createServer();
  const udp = createSocket("udp4");
  try {
    await once(tcp.listen(port, "127.0.0.1"), "listening");
    await once(udp.bind(port, "127.0.0.1"), "listening");
    return true;
  } catch {
    return false; // whoever has it
  } finally {
    await Promise.all([
      new Promise((resolve) => {
        tcp.close(resolve);
      }),
      new Promise<void>((resolve) => {
        udp.close(resolve);
      }),
    ]);
  }
}
