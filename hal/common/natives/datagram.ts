/**
 * Datagrams over a UDP port, for boards with natives of these names. One that comes after `receive`
 * had none ends `wait` of socket.ts.
 */
import type { Datagrams, LogLevel } from "../../hal.ts";

/** The constructor throws when the port cannot be had. */
export class UdpPort extends Native("xs_datagram_destructor") implements Datagrams {
  constructor(port: number) {
    super();
    native("xs_datagram").call(this, port);
  }
  receive(buffer: Uint8Array): number {
    return native("xs_datagram_receive").call(this, buffer);
  }
}

/**
 * The port that the provisioning names ("pushPort"; OMA has 2948); undefined: none, or it cannot be
 * had. `log` is told which.
 */
export function openPushPort(
  provisioning: string,
  log: (level: LogLevel, text: string) => void,
): Datagrams | undefined {
  const { pushPort } = JSON.parse(provisioning) as { pushPort?: number };
  if (pushPort === undefined) return undefined;
  try {
    const port = new UdpPort(pushPort);
    log("info", `listens for pushes on UDP port ${pushPort}`);
    return port;
  } catch (error) {
    log("error", `no pushes: ${error instanceof Error ? error.message : "the port cannot be had"}`);
    return undefined;
  }
}
