/** Datagrams for the sim board over a real socket: a UDP port of the loopback interface. */
import { createSocket, type Socket } from "node:dgram";
import type { Datagrams, LogLevel } from "../hal.ts";

/** Datagrams that wait; more are lost, as they are in a kernel. */
const WAITING_MAX = 16;

export class UdpPort implements Datagrams {
  readonly #waiting: Uint8Array[] = [];
  readonly #socket: Socket;

  /**
   * Binds 127.0.0.1. `arrived` is called for each datagram; `log` is told that the port listens, or
   * why nothing will ever arrive.
   */
  constructor(port: number, arrived: () => void, log: (level: LogLevel, text: string) => void) {
    this.#socket = createSocket("udp4");
    this.#socket.on("listening", () => {
      log("info", `listens for pushes on UDP port ${port}`);
    });
    this.#socket.on("error", (error) => {
      log("error", `no pushes: ${error.message}`);
    });
    this.#socket.on("message", (bytes) => {
      if (this.#waiting.length < WAITING_MAX) this.#waiting.push(bytes);
      arrived();
    });
    this.#socket.bind(port, "127.0.0.1");
  }

  /** Gives the port up. */
  close(): void {
    this.#socket.close();
  }

  receive(buffer: Uint8Array): number {
    const bytes = this.#waiting.shift();
    if (bytes === undefined || bytes.length > buffer.length) return 0;
    buffer.set(bytes);
    return bytes.length;
  }
}
