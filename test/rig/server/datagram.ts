/** The UDP socket of a server that pushes. */
import { createSocket } from "node:dgram";

/** Sends a datagram. */
export async function send(datagram: Uint8Array, port: number, host = "127.0.0.1"): Promise<void> {
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, host, (error) => { if (error === null) resolve(); else reject(error); });
    });
  } finally {
    socket.close();
  }
}
