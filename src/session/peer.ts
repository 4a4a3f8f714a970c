/**
 * What the server has said of itself in its SyncHdr: where to send the next message, and how much
 * it takes.
 */
import type { Header } from "../syncml/command.ts";
import type { SessionPorts } from "./ports.ts";
import { responseUrl } from "./respuri.ts";

export class Peer {
  /** Where the next message goes. */
  url: string;
  /** The bytes that the server takes in one message, as far as the device can fill them. */
  messageBytesMax: number;
  readonly #account: string;
  readonly #bytesMax: number;

  constructor(account: string, bytesMax: number) {
    this.#account = this.url = account;
    this.#bytesMax = this.messageBytesMax = bytesMax;
  }

  /** Takes MaxMsgSize and RespURI, which holds for one message (OMA-TS-DM-RepPro §4.1.1.17). */
  obey({ maxMsgSize = 0, respURI }: Header, ports: SessionPorts): void {
    if (maxMsgSize > 0) this.messageBytesMax = Math.min(maxMsgSize, this.#bytesMax);
    this.url = this.#account;
    if (respURI === undefined) return;
    const url = responseUrl(respURI, this.#account);
    if (url === undefined)
      ports.log("warning", "a RespURI that leads to another server is not followed");
    else this.url = url;
  }
}
