/**
 * A chip of the ESP32 family in its ROM loader. esptool-js speaks the protocol; this turns its
 * errors into the bench's. Only `write` and `eraseAll` change the flash: the stub that esptool-js
 * loads is in the chip's memory.
 */
import { createHash } from "node:crypto";
import { ESPLoader, Transport } from "esptool-js";
import { Exit, RigError } from "../exit.ts";
import { CHIPS, type Chip } from "./chips.ts";
import type { WebPort } from "./webport.ts";

export interface LoaderOptions {
  /** Speed of the data, once the stub runs. */
  readonly baud: number;
  /** False: do not touch DTR and RTS; the board is in its ROM loader already. */
  readonly reset: boolean;
  /** How long a board may take to answer. */
  readonly limitSeconds: number;
}

export interface Security {
  readonly secureBoot: boolean;
  readonly flashEncryption: boolean;
  /** Secure Download Mode: the loader neither reads nor runs a stub. */
  readonly restricted: boolean;
}

/** Speed of the first contact. */
const ROM_BAUD = 115_200;
const READ_LIMIT_MS = 5_000;
const MD5_BYTES = 16;
/** Its time-out stays short: it is repeated until the board answers. */
const SYNC = 0x08;
const SPI_SET_PARAMS = 0x0b;
const CHANGE_BAUDRATE = 0x0f;
/** The first ESP32 has no command for its fuses: they are EFUSE_BLK0_RDATA0 and 6. */
const ESP32_FUSES = 0x3ff5a000;
const ESP32_CRYPT_COUNT = [20, 0x7f] as const;
const ESP32_ABS_DONE = 0x30;

class QuietTransport extends Transport {
  readonly #port: WebPort;

  constructor(port: WebPort) {
    super(port as unknown as SerialLike, false);
    this.#port = port;
  }

  override trace(): void {
    // esptool-js traces to the console even when tracing is off
  }

  /** Rejects at once after the end of the port, instead of at its time-out. */
  override async read(timeoutMs: number): Promise<Uint8Array> {
    if (this.#port.ended) throw new Error("the port is closed");
    return super.read(timeoutMs);
  }
}

/** esptool-js waits only 200 or 500 ms for some answers; a busy machine may need more. */
class PatientLoader extends ESPLoader {
  override command(
    op?: number | null,
    data?: Uint8Array,
    checksum?: number,
    waits?: boolean,
    timeoutMs: number = this.DEFAULT_TIMEOUT,
  ): Promise<[number, Uint8Array]> {
    const limitMs = op === SYNC ? timeoutMs : Math.max(timeoutMs, this.DEFAULT_TIMEOUT);
    return super.command(op, data, checksum, waits, limitMs);
  }
}

const SILENT = {
  clean(): void {
    // there is nothing to clear
  },
  write(): void {
    // the bench has its own messages
  },
  writeLine(): void {
    // as above
  },
};

export class ChipLoader {
  readonly chip: Chip;
  /** The model, such as "ESP32-C3 (QFN32) (revision v0.4)". */
  readonly description: string;
  readonly mac: string;
  readonly security: Security;
  /** Bytes of flash; undefined when the flash chip does not tell. */
  readonly flashBytes: number | undefined;
  readonly #port: WebPort;
  readonly #loader: ESPLoader;

  private constructor(
    port: WebPort,
    loader: ESPLoader,
    facts: Pick<ChipLoader, "chip" | "description" | "mac" | "security" | "flashBytes">,
  ) {
    this.#port = port;
    this.#loader = loader;
    this.chip = facts.chip;
    this.description = facts.description;
    this.mac = facts.mac;
    this.security = facts.security;
    this.flashBytes = facts.flashBytes;
  }

  /**
   * Opens the port, brings the chip into its ROM loader and identifies it. Calls `allow` with the
   * chip and its fuses before the stub is loaded; `allow` throws to refuse the board. Throws a
   * RigError. The caller stops the port.
   */
  static async open(
    port: WebPort,
    options: LoaderOptions,
    note: (text: string) => void,
    allow: (chip: Chip, security: Security) => void,
  ): Promise<ChipLoader> {
    const loader = new PatientLoader({
      transport: new QuietTransport(port),
      baudrate: options.baud,
      romBaudrate: ROM_BAUD,
      terminal: SILENT,
    });
    loader.FLASH_READ_TIMEOUT = READ_LIMIT_MS;
    try {
      return await Promise.race([port.lost, ChipLoader.#meet(options, port, loader, note, allow)]);
    } catch (error) {
      throw asRigError(error, `cannot use the chip at ${port.path}`);
    }
  }

  static async #meet(
    options: LoaderOptions,
    port: WebPort,
    loader: ESPLoader,
    note: (text: string) => void,
    allow: (chip: Chip, security: Security) => void,
  ): Promise<ChipLoader> {
    await connect(options, port, loader, note);
    const title = loader.chip.CHIP_NAME;
    const chip = CHIPS.find((one) => one.title === title);
    if (chip === undefined) {
      throw new RigError(
        Exit.noBoard,
        `${port.path} has an ${title}, which hal/esp32 does not support`,
        `supported: ${CHIPS.map((one) => one.title).join(", ")}`,
      );
    }
    const security = await securityOf(loader);
    allow(chip, security);
    const description = await loader.chip.getChipDescription(loader);
    const mac = await loader.chip.readMac(loader);
    await loader.chip.postConnect?.(loader);
    await loader.runStub();
    if (options.baud !== ROM_BAUD) await loader.changeBaud();
    const flashBytes = await flashSize(loader);
    return new ChipLoader(port, loader, { chip, description, mac, security, flashBytes });
  }

  /** Returns whether the flash holds these bytes, by their MD5. */
  has(at: number, bytes: Uint8Array): Promise<boolean> {
    return this.#do(`verifying 0x${at.toString(16)}`, async () => {
      return (await this.#loader.flashMd5sum(at, bytes.length)) === md5(bytes);
    });
  }

  /**
   * Erases the sectors that `bytes` need, writes them, and verifies their MD5. Throws a RigError;
   * the sectors then hold neither the old nor the new bytes.
   */
  async write(
    at: number,
    bytes: Uint8Array,
    what: string,
    progress: (sent: number, total: number) => void,
  ): Promise<void> {
    await this.#do(`writing ${what} at 0x${at.toString(16)}`, () =>
      this.#loader.writeFlash({
        fileArray: [{ data: bytes, address: at }],
        flashSize: "keep",
        flashMode: "keep",
        flashFreq: "keep",
        eraseAll: false,
        compress: true,
        reportProgress: (_file, sent, total) => {
          progress(Math.floor((bytes.length * sent) / Math.max(1, total)), bytes.length);
        },
      }),
    );
    if (!(await this.has(at, bytes))) {
      throw new RigError(
        Exit.flash,
        `${what} at 0x${at.toString(16)}: the flash does not hold what was sent (MD5 differs)`,
        "run the command again with --baud 115200; if it fails again, the flash chip is faulty",
      );
    }
  }

  /** Reads flash, and checks the digest that the stub sends after the data. */
  read(at: number, length: number): Promise<Buffer> {
    return this.#do(`reading 0x${length.toString(16)} bytes at 0x${at.toString(16)}`, async () => {
      const bytes = await this.#loader.readFlash(at, length);
      const digest = await this.#loader.transport.read(READ_LIMIT_MS);
      if (digest.length !== MD5_BYTES || Buffer.from(digest).toString("hex") !== md5(bytes))
        throw new Error("the data were garbled on the line (MD5 differs)");
      return Buffer.from(bytes);
    });
  }

  async eraseAll(): Promise<void> {
    await this.#do("erasing the flash", () => this.#loader.eraseFlash());
  }

  /** Leaves the stub running at the speed of the first contact, where the next command finds it. */
  async leave(): Promise<void> {
    const speeds = Buffer.alloc(8);
    speeds.writeUInt32LE(ROM_BAUD, 0);
    speeds.writeUInt32LE(this.#loader.transport.baudrate, 4);
    await this.#do("setting the speed back", () =>
      this.#loader.checkCommand("set the speed back", CHANGE_BAUDRATE, speeds),
    );
  }

  async #do<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await Promise.race([this.#port.lost, work()]);
    } catch (error) {
      throw asRigError(error, `${what} failed`);
    }
  }
}

/** The port type of esptool-js, which is the browser's. */
type SerialLike = ConstructorParameters<typeof Transport>[0];

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

function asRigError(error: unknown, what: string): RigError {
  if (error instanceof RigError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new RigError(
    Exit.flash,
    `${what}: ${said.split("\n")[0] ?? ""}`,
    "run the command again; if it fails again, try --baud 115200 or another cable",
  );
}

/** Resets the board into its ROM loader until it answers. Throws a RigError after the limit. */
async function connect(
  { reset, limitSeconds }: LoaderOptions,
  port: WebPort,
  loader: ESPLoader,
  note: (text: string) => void,
): Promise<void> {
  const began = performance.now();
  for (let tries = 0; ; tries++) {
    try {
      await loader.connect(reset && port.lines ? "default_reset" : "no_reset", 2);
      return;
    } catch (error) {
      await port.close();
      if (error instanceof RigError || port.ended) throw error;
      const said = error instanceof Error ? error.message : String(error);
      if (/^Unexpected (chip|CHIP)/.test(said)) {
        throw new RigError(
          Exit.noBoard,
          `the chip at ${port.path} is unknown (${said.split(".")[0] ?? ""})`,
        );
      }
      if (performance.now() - began > limitSeconds * 1000) throw silent(port, limitSeconds);
      if (tries === 0)
        note(`no answer on ${port.path} yet: hold BOOT, press and release RESET, release BOOT`);
    }
  }
}

function silent({ path, received }: WebPort, limitSeconds: number): RigError {
  const heard =
    received === 0
      ? "no data came"
      : `${received} bytes came, but no answer: the board runs its program, or this is another ` +
        `port`;
  return new RigError(
    Exit.timeout,
    `no ROM loader answered on ${path} within ${limitSeconds} s: ${heard}`,
    "hold BOOT, press and release RESET, release BOOT, and run the command again",
  );
}

async function securityOf(loader: ESPLoader): Promise<Security> {
  if (loader.chip.CHIP_NAME !== "ESP32") {
    const { parsedFlags, flashCryptCnt } = await loader.getSecurityInfo();
    return {
      secureBoot: parsedFlags.SECURE_BOOT_EN,
      flashEncryption: isOdd(flashCryptCnt),
      restricted: loader.secureDownloadMode,
    };
  }
  const [shift, mask] = ESP32_CRYPT_COUNT;
  const [first, sixth] = [
    await loader.readReg(ESP32_FUSES),
    await loader.readReg(ESP32_FUSES + 6 * 4),
  ];
  return {
    secureBoot: (sixth & ESP32_ABS_DONE) !== 0,
    flashEncryption: isOdd((first >>> shift) & mask),
    restricted: false,
  };
}

/** Flash encryption is on while an odd number of the counter's fuses is set. */
function isOdd(fuses: number): boolean {
  return fuses.toString(2).replaceAll("0", "").length % 2 === 1;
}

/** Returns the bytes of flash, by its JEDEC identifier, and tells the stub. */
async function flashSize(loader: ESPLoader): Promise<number | undefined> {
  const id = await loader.readFlashId();
  if (id === 0 || id === 0xffffff) {
    throw new RigError(
      Exit.noBoard,
      "the flash chip does not answer",
      "check the power supply, and what else is connected to the pins of the flash",
    );
  }
  const name = loader.DETECTED_FLASH_SIZES[(id >> 16) & 0xff];
  if (name === undefined) return undefined;
  const bytes = Number.parseInt(name, 10) * (name.endsWith("MB") ? 1024 * 1024 : 1024);
  const params = Buffer.alloc(24);
  [0, bytes, 0x10000, 0x1000, 0x100, 0xffff].forEach((word, i) => {
    params.writeUInt32LE(word, i * 4);
  });
  await loader.checkCommand("set the size of the flash", SPI_SET_PARAMS, params);
  return bytes;
}
