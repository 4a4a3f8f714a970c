/** Datagrams for the sim board over a real socket: a UDP port of the loopback interface. */
import { createSocket, type Socket } from "node:dgram";
import type { Datagrams } from "../hal.ts";

/** Datagrams that wait; more are lost, as they are in a kernel. */
const WAITING_MAX = 16;

export class UdpPort implements Datagrams {
  readonly #waiting: Uint8Array[] = [];
  readonly #socket: Socket;

  /** Binds 127.0.0.1. `arrived` is called for each datagram, `failed` when the port cannot be had: then nothing ever arrives. */
  constructor(port: number, arrived: () => void, failed: (problem: string) => void) {
    this.#socket = createSocket("udp4");
    this.#socket.on("error", (error) => { failed(error.message); });
    this.#socket.on("message", (bytes) => {
      if (this.#waiting.length < WAITING_MAX) this.#waiting.push(bytes);
      arrived();
    });
    this.#socket.bind(port, "127.0.0.1");
  }

  receive(buffer: Uint8Array): number {
    const bytes = this.#waiting.shift();
    if (bytes === undefined || bytes.length > buffer.length) return 0;
    buffer.set(bytes);
    return bytes.length;
  }
}
