/**
 * The network as operations of the power supply: a request that leaves, and an answer that arrives,
 * can each be the last thing.
 */
import type { Exchange, Link, LinkRequest } from "../../../hal/hal.ts";
import { urlText } from "../../../src/base/url.ts";
import type { Power } from "../../../hal/sim/power.ts";

export class PoweredLink implements Link {
  /** Bytes of answers that the device has read, by URL. */
  readonly arrived = new Map<string, number>();
  readonly #link: Link;
  readonly #power: Power;
  readonly #pieceBytes: number;

  /** A read gives `pieceBytes` at most. */
  constructor(link: Link, power: Power, pieceBytes: number) {
    this.#link = link;
    this.#power = power;
    this.#pieceBytes = pieceBytes;
  }

  request(request: LinkRequest): Exchange {
    const sent: Exchange[] = [];
    this.#power.performWhole("send", () => {
      sent.push(this.#link.request(request));
    });
    const [exchange] = sent;
    if (exchange === undefined) throw new Error("a request that was sent has an exchange");
    let answered = false;
    return {
      head: () => {
        const head = exchange.head();
        if (head !== undefined && !answered) this.#power.performWhole("answer", () => undefined);
        answered ||= head !== undefined;
        return head;
      },
      read: (buffer) => {
        const count = exchange.read(buffer.subarray(0, this.#pieceBytes));
        const url = urlText(request.url);
        if (count > 0) this.arrived.set(url, (this.arrived.get(url) ?? 0) + count);
        return count;
      },
      close: () => {
        exchange.close();
      },
    };
  }
}
