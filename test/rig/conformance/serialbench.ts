/**
 * A real board on the bench: its console on a serial port, its power on a relay, its network the
 * bench's own.
 */
import { networkInterfaces } from "node:os";
import { SerialBoard, type SerialOptions } from "../serialboard.ts";
import type { Bench } from "./driver.ts";

export interface SerialBenchOptions extends SerialOptions {
  /**
   * This computer and the port that the board's provisioning names: `conformance` is
   * http://rigAddress:rigPort.
   */
  readonly rigAddress: string;
  readonly rigPort: number;
  /** The agent as a package of another version. */
  readonly image: Uint8Array;
}

export class SerialBench implements Bench {
  /** A relay is too slow to hit one operation: power fails between orders only. */
  readonly cutModes: readonly string[] = [];
  readonly image: Uint8Array;
  readonly damages: readonly number[];
  readonly rigAddress: string;
  readonly rigPort: number;
  readonly listening: string;
  readonly #board: SerialBoard;
  #ended: (() => void) | undefined;

  /** Lines of the serial console go to `print`. */
  constructor(options: SerialBenchOptions, print: (line: string) => void) {
    const { image } = options;
    this.#board = new SerialBoard(options, print);
    this.image = image;
    this.damages = [0, Math.floor(image.length / 2)];
    this.rigAddress = options.rigAddress;
    this.rigPort = options.rigPort;
    this.listening = isOwn(options.rigAddress) ? options.rigAddress : "0.0.0.0";
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

/** True for an address of this computer; a name may be that of a router between. */
function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) =>
    list?.some((each) => each.address === address),
  );
}
