/**
 * A real board on the bench: its console on a serial port, its power on a relay, its network the
 * bench's own.
 */
import { isOwn } from "../bench/place.ts";
import { SerialBoard, type SerialOptions } from "../serialboard.ts";
import type { Bench } from "./driver.ts";

export interface SerialBenchOptions extends SerialOptions {
  /**
   * This computer and the port that the board's provisioning names: `conformance` is
   * http://rigAddress:rigPort. Absent: it is "console".
   */
  readonly rig?: { readonly address: string; readonly port: number };
  /** The agent as a package of another version; absent: part boot cannot be run. */
  readonly image?: Uint8Array;
  /** The board has none. */
  readonly watchdog?: false;
  readonly randomBoots?: number;
}

/** A seed of ten bits shows in most runs of so many boots, one of sixteen in 300. */
const RANDOM_BOOTS = 40;
/** Byte 0 of an application of the ESP32: its boot loader asks for no signature of a package. */
const ESP_MAGIC = 0xe9;

interface Damages {
  readonly damages: readonly number[];
  readonly checksSignature: boolean;
}

/**
 * Where a wrong bit makes an image unfit to boot: the last byte is of the signature, or, where the
 * boot loader knows none, of the application's digest.
 */
export function damagesOf(image: Uint8Array): Damages {
  const bytes = Buffer.from(image);
  const header = bytes.length > 16 ? bytes.readUInt16LE(8) : 0;
  if (bytes[header] !== ESP_MAGIC) {
    const damages = [0, Math.floor(bytes.length / 2), bytes.length - 1];
    return { damages, checksSignature: true };
  }
  const length = bytes.readUInt32LE(12);
  return {
    damages: [header, header + Math.floor(length / 2), header + length - 1],
    checksSignature: false,
  };
}

export class SerialBench implements Bench {
  /** A relay is too slow to hit one operation: power fails between orders only. */
  readonly cutModes: readonly string[] = [];
  readonly image: Uint8Array;
  readonly damages: readonly number[];
  readonly checksSignature: boolean;
  readonly hasWatchdog: boolean;
  readonly randomBoots: number;
  readonly rigAddress: string;
  readonly rigPort: number;
  readonly listening: string;
  onLine: ((line: string) => void) | undefined;
  readonly #board: SerialBoard;
  #ended: (() => void) | undefined;

  /** Lines of the serial console go to `print`. */
  constructor(options: SerialBenchOptions, print: (line: string) => void) {
    const { image = new Uint8Array(0), rig = { address: "127.0.0.1", port: 0 } } = options;
    this.#board = new SerialBoard(options, (line) => {
      print(line);
      this.onLine?.(line);
    });
    this.image = image;
    ({ damages: this.damages, checksSignature: this.checksSignature } = damagesOf(image));
    this.hasWatchdog = options.watchdog !== false;
    this.randomBoots = options.randomBoots ?? RANDOM_BOOTS;
    this.rigAddress = rig.address;
    this.rigPort = rig.port;
    this.listening = isOwn(rig.address) ? rig.address : "0.0.0.0";
  }

  type(line: string): void {
    this.#board.type(line);
  }

  async run(): Promise<void> {
    await this.#board.on();
    await new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
  }

  kill(): void {
    void this.#board.off().then(() => {
      this.#ended?.();
    });
  }

  /** Closes the port. */
  close(): Promise<void> {
    return this.#board.close();
  }
}
