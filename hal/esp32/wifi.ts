/**
 * Keeps the board on its Wi-Fi: connects, and connects again with growing pauses for as long as the
 * program runs.
 */
import WiFi from "embedded:network/interface/wifi";
import Timer from "timer";
import { type Backoff, backoffMs } from "../../src/base/backoff.ts";
import { frozen } from "../../src/base/frozen.ts";

/** Without jitter: what the access point of a home bears, and no server is asked. */
const RETRY: Backoff = frozen({ firstMs: 1_000, longestMs: 300_000 });
const NO_JITTER = 1;
const DISCONNECTED = 200;
const ADDRESS = 500;

export interface Network {
  readonly ssid: string;
  readonly password: string;
}

export class Connection {
  #wifi: WiFi;
  #network: Network;
  #say: (text: string) => void;
  #failures = 0;
  #waiting = false;

  /** `say` gets a line at each change, for the log. */
  constructor(network: Network, say: (text: string) => void) {
    this.#network = network;
    this.#say = say;
    this.#wifi = new WiFi({
      onChanged: () => {
        this.#changed();
      },
    });
    this.#connect();
  }

  #connect(): void {
    const { ssid, password } = this.#network;
    this.#wifi.connect(password === "" ? { SSID: ssid } : { SSID: ssid, password, secure: true });
  }

  #changed(): void {
    const { connection } = this.#wifi;
    if (connection >= ADDRESS) {
      this.#failures = 0;
      this.#say(`Wi-Fi ${this.#network.ssid}: address ${this.#wifi.address ?? ""}`);
    } else if (connection <= DISCONNECTED && !this.#waiting) {
      this.#waiting = true;
      const pause = backoffMs(++this.#failures, NO_JITTER, RETRY);
      this.#say(`Wi-Fi ${this.#network.ssid}: not connected, next attempt in ${pause} ms`);
      Timer.set(() => {
        this.#waiting = false;
        this.#connect();
      }, pause);
    }
  }
}
