/**
 * What the server has said of itself in its SyncHdr: where to send the next message, and how much
 * it takes.
 */
import { resolveAddress, sameOrigin, type Url } from "../base/url.ts";
import type { Header } from "../syncml/command.ts";
import type { SessionPorts } from "./ports.ts";

export class Peer {
  /** Where the next message goes. */
  url: Url;
  /** The bytes that the server takes in one message, as far as the device can fill them. */
  messageBytesMax: number;
  readonly #account: Url;
  readonly #bytesMax: number;

  constructor(account: Url, bytesMax: number) {
    this.#account = this.url = account;
    this.#bytesMax = this.messageBytesMax = bytesMax;
  }

  /** Takes MaxMsgSize and RespURI, which holds for one message (OMA-TS-DM-RepPro §4.1.1.17). */
  obey({ maxMsgSize = 0, respURI }: Header, ports: SessionPorts): void {
    if (maxMsgSize > 0) this.messageBytesMax = Math.min(maxMsgSize, this.#bytesMax);
    this.url = this.#account;
    if (respURI === undefined) return;
    const url = responseUrl(respURI, this.#account);
    if (typeof url !== "string") this.url = url;
    else ports.log("warning", `RespURI ${url}; the answer goes to the address of the account`);
  }
}

/**
 * Returns where the answer to a message with this RespURI goes, or why it is not followed. Only the
 * account's own scheme, host and port are: a message must not send a device, with its credentials,
 * to somebody else. A relative one is resolved against the account's address.
 */
export function responseUrl(respURI: string, account: Url): Url | string {
  const url = resolveAddress(account, respURI);
  if (typeof url === "string" || sameOrigin(url, account)) return url;
  return "leads to another server than the account's: use its scheme, host and port";
}
