/**
 * A port of node-serialport for esptool-js: the part of the Web Serial API that it uses, and
 * `setBaudRate`, which saves it from reopening the port.
 */
import { realpathSync } from "node:fs";
import { SerialPort } from "serialport";
import { Exit, RigError } from "../exit.ts";

/** Identifiers of the USB bridge, by which esptool-js chooses how to reset the chip. */
export interface UsbIds {
  readonly usbVendorId?: number;
  readonly usbProductId?: number;
}

export interface Signals {
  readonly dataTerminalReady?: boolean;
  readonly requestToSend?: boolean;
  readonly break?: boolean;
}

export interface OpenOptions {
  readonly baudRate: number;
  readonly dataBits?: 7 | 8;
  readonly stopBits?: 1 | 2;
  readonly parity?: "none" | "even" | "odd";
}

/** The chip may miss a shorter reset. */
const RESET_MS = 100;
/** An invalid SLIP escape, which no packet contains. */
const NO_PACKET = Uint8Array.of(0xdb, 0x00);

/** Makes a port that is not open yet; tests make their own. */
export type OpenPort = (path: string, baudRate: number) => SerialPort;

const openSerial: OpenPort = (path, baudRate) =>
  new SerialPort({ path, baudRate, autoOpen: false, hupcl: false });

export class WebPort {
  readonly path: string;
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  /** Bytes received: a silent port has another fault than one that sends something else. */
  received = 0;
  /** False once DTR and RTS could not be set, as on a pseudo-terminal. */
  lines = true;
  /** Rejects when the port disappears. */
  readonly lost: Promise<never>;
  /** True once nothing more is read or written. */
  ended = false;
  readonly #usb: UsbIds;
  readonly #make: OpenPort;
  #port: SerialPort | undefined;
  #incoming: ReadableStreamDefaultController<Uint8Array> | undefined;
  #lose: (error: RigError) => void = () => undefined;
  #held = { dtr: false, rts: false, brk: false };

  constructor(path: string, usb: UsbIds = {}, make: OpenPort = openSerial) {
    this.path = path;
    this.#usb = usb;
    this.#make = make;
    this.lost = new Promise((_, reject) => {
      this.#lose = reject;
    });
    this.lost.catch(() => undefined); // nobody may be waiting for it
  }

  getInfo(): UsbIds {
    return this.#usb;
  }

  /** Opens the port. Throws a RigError that says what to do. */
  async open({ baudRate }: OpenOptions): Promise<void> {
    if (this.ended) throw new RigError(Exit.noBoard, `${this.path} is not used any more`);
    const port = this.#make(this.path, baudRate);
    await done((ok) => {
      port.open(ok);
    }).catch(async (error: Error) => {
      throw await cannotOpen(this.path, error);
    });
    this.#port = port;
    this.readable = new ReadableStream({
      start: (controller) => {
        this.#incoming = controller;
        port.on("data", (bytes: Buffer) => {
          this.received += bytes.length;
          ifOpen(() => {
            controller.enqueue(new Uint8Array(bytes));
          });
        });
        const gone = (): void => {
          if (this.#port === port) this.#gone();
        };
        port.on("error", gone); // an error of a write
        port.once("close", () => {
          gone();
          ifOpen(() => {
            controller.close();
          });
        });
      },
    });
    this.writable = new WritableStream({
      write: (bytes) =>
        done((ok) => {
          port.write(Buffer.from(bytes));
          port.drain(ok);
        }),
    });
  }

  #gone(): void {
    this.#port = undefined;
    this.end();
    this.#lose(
      new RigError(
        Exit.noBoard,
        `${this.path} disappeared`,
        "reconnect the board, and run the command again",
      ),
    );
  }

  /**
   * Ends reading and writing: a pending read gets an invalid packet, and fails before its time-out.
   * DTR and RTS still work.
   */
  end(): void {
    if (!this.ended)
      ifOpen(() => {
        this.#incoming?.enqueue(NO_PACKET.slice());
      });
    this.ended = true;
    this.writable = null;
  }

  /** Closes the port for good. */
  async stop(): Promise<void> {
    this.end();
    await this.close();
  }

  async close(): Promise<void> {
    const port = this.#port;
    this.#port = undefined;
    this.#incoming = undefined;
    this.readable = null;
    this.writable = null;
    if (port?.isOpen === true)
      await done((ok) => {
        port.close(ok);
      });
  }

  /** Sets lines. Those that are not named stay as they are, though serialport sets all at once. */
  async setSignals(signals: Signals): Promise<void> {
    this.#held = {
      dtr: signals.dataTerminalReady ?? this.#held.dtr,
      rts: signals.requestToSend ?? this.#held.rts,
      brk: signals.break ?? this.#held.brk,
    };
    const port = this.#port;
    if (!this.lines || port === undefined) return;
    await done((ok) => {
      port.set(this.#held, ok);
    }).catch(() => {
      this.lines = false;
    });
  }

  /** Resets the board into its program. Returns false when the port has no line to do it. */
  async restart(): Promise<boolean> {
    await this.setSignals({ dataTerminalReady: false, requestToSend: true });
    await new Promise((resolve) => {
      setTimeout(resolve, RESET_MS);
    });
    await this.setSignals({ dataTerminalReady: false, requestToSend: false });
    return this.lines;
  }

  async setBaudRate(baudRate: number): Promise<void> {
    const port = this.#port;
    if (port === undefined) return;
    await done((ok) => {
      port.update({ baudRate }, ok);
    });
  }
}

/** Uses a stream unless its reader has cancelled it. */
function ifOpen(use: () => void): void {
  try {
    use();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

function done(call: (ok: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

async function cannotOpen(path: string, { message }: Error): Promise<RigError> {
  if (/lock|busy|EBUSY/i.test(message)) {
    return new RigError(
      Exit.noBoard,
      `${path} is in use by another program`,
      `end that program, for example a monitor or xs-fumo watch ("fuser ${path}" finds it)`,
    );
  }
  if (/permission|EACCES|access denied/i.test(message)) {
    return new RigError(
      Exit.noBoard,
      `no permission to use ${path}: ${message}`,
      'join its group: "sudo usermod -aG dialout $USER", then log in again',
    );
  }
  const ports = await listPorts();
  const paths = ports.map((port) => port.path).join(", ");
  return new RigError(
    Exit.noBoard,
    `cannot open ${path}: ${message}`,
    paths === ""
      ? "this machine has no serial port: connect the board with a cable that carries data"
      : `serial ports of this machine: ${paths}`,
  );
}

type Listed = Awaited<ReturnType<typeof SerialPort.list>>;

async function listPorts(): Promise<Listed> {
  try {
    return await SerialPort.list();
  } catch {
    return []; // it needs udev, which some machines lack
  }
}

/** Returns a port that knows its USB bridge, where the system tells. */
export async function portOf(path: string): Promise<WebPort> {
  return new WebPort(path, await usbIds(path));
}

async function usbIds(path: string): Promise<UsbIds> {
  const real = realPath(path);
  const found = (await listPorts()).find((port) => realPath(port.path) === real);
  if (found?.vendorId === undefined || found.productId === undefined) return {};
  return {
    usbVendorId: Number.parseInt(found.vendorId, 16),
    usbProductId: Number.parseInt(found.productId, 16),
  };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
