/** The UDP socket of a server that pushes. Datagrams get lost; a device drops what it has had. */
import { createSocket } from "node:dgram";

/** Sends a datagram. */
export async function send(datagram: Uint8Array, port: number, host = "127.0.0.1"): Promise<void> {
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, host, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  } finally {
    socket.close();
  }
}

/** How long an answer is waited for until a datagram is sent again. */
const PAUSE_MS = 1000;

/**
 * Sends a datagram, and sends it again every second until the function that this gives is called.
 * Rejects when the first cannot go.
 */
export async function sendUntil(
  datagram: Uint8Array,
  port: number,
  host?: string,
): Promise<() => void> {
  await send(datagram, port, host);
  const timer = setInterval(() => {
    send(datagram, port, host).catch(() => undefined); // as good as lost
  }, PAUSE_MS);
  return () => {
    clearInterval(timer);
  };
}
