/**
 * Keeps the board on its Wi-Fi: connects, and connects again with growing pauses for as long as the
 * program runs.
 */
import WiFi from "embedded:network/interface/wifi";
import Timer from "timer";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
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
  #pauseMs = FIRST_PAUSE_MS;
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
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#say(`Wi-Fi ${this.#network.ssid}: address ${this.#wifi.address ?? ""}`);
    } else if (connection <= DISCONNECTED && !this.#waiting) {
      this.#waiting = true;
      this.#say(`Wi-Fi ${this.#network.ssid}: not connected, next attempt in ${this.#pauseMs} ms`);
      Timer.set(() => {
        this.#waiting = false;
        this.#connect();
      }, this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
}
