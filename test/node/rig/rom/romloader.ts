/**
 * A stand-in for the ROM loader of an ESP32-class chip and for the stub that tools load into its
 * memory: bytes in, bytes out. It follows Espressif's documents and the source of the stub, and
 * checks what they check: lengths, checksums, sequence numbers, order. Espressif's own esptool
 * talks to it in the tests, too, so it behaves as esptool expects of a chip.
 */
import { createHash } from "node:crypto";
import { constants, inflateSync } from "node:zlib";
import { Nor, SECTOR_BYTES } from "./nor.ts";
import { Op, type Problem, PROBLEMS, RESTRICTED, slip, xor } from "./protocol.ts";
import { ESP32_FUSES, SILICON, type Silicon, type SiliconName } from "./silicon.ts";

export interface Fuses {
  readonly secureBoot?: boolean;
  readonly encryptions?: number;
  readonly restricted?: boolean;
}

export interface RomOptions {
  readonly chip: SiliconName;
  readonly flashBytes?: number;
  readonly fuses?: Fuses;
  /** False: the board runs its program until it is reset into its ROM loader. */
  readonly inLoader?: boolean;
}

/** A fault of the chip, from the n-th command of a kind on (counted from 1). */
export interface RomFault {
  readonly op: number;
  readonly at: number;
  readonly what: "silent" | "refused" | "bitFlips";
}

const BOOT_LOG =
  "ESP-ROM:stand-in\r\nboot:0x13 (SPI_FAST_FLASH_BOOT)\r\nhello from the program\r\n";
const WAITING_LOG = "ESP-ROM:stand-in\r\nboot:0x3 (DOWNLOAD_BOOT)\r\nwaiting for download\r\n";
const SPI_USR = 1 << 18;
const READ_ID = 0x9f;

interface Download {
  at: number;
  readonly total: number;
  left: number;
  readonly blocks: number;
  readonly blockBytes: number;
  sequence: number;
  /** The blocks of a compressed download. */
  readonly packed: Buffer[] | undefined;
  /** Up to where the stub has erased. */
  erased: number;
}

interface Reading {
  readonly from: number;
  readonly length: number;
  readonly packet: number;
  sent: number;
  acknowledged: number;
}

export class RomLoader {
  readonly flash: Nor;
  /** How often each command came. */
  readonly counts = new Map<number, number>();
  /** The size of the flash that the host has told. */
  flashParams: number | undefined;
  fault: RomFault | undefined;
  /** The speed of the chip; undefined until it has measured that of a SYNC. */
  speed: number | undefined;
  mode: "rom" | "stub" | "program";
  readonly #chip: Silicon;
  readonly #fuses: Fuses;
  readonly #registers: Map<number, number>;
  readonly #send: (bytes: Buffer) => void;
  readonly #hostSpeed: () => number | undefined;
  #packet: number[] | undefined;
  #escaped = false;
  #attached = false;
  #download: Download | undefined;
  #memory: Download | undefined;
  #ram: { readonly from: number; to: number }[] = [];
  #reading: Reading | undefined;
  /** An error after the answer, which the stub reports at the next command. */
  #owed: Problem | undefined;

  /** `send` takes the chip's output; `hostSpeed` returns the speed of the host's end, if known. */
  constructor(
    { chip, flashBytes = 4 << 20, fuses = {}, inLoader = true }: RomOptions,
    send: (bytes: Buffer) => void,
    hostSpeed: () => number | undefined = () => undefined,
  ) {
    this.#chip = SILICON[chip];
    this.#fuses = fuses;
    this.#registers = new Map(this.#chip.registers);
    if (this.#chip.chipId === undefined) {
      const count = (1 << (fuses.encryptions ?? 0)) - 1;
      this.#registers.set(ESP32_FUSES, count << 20);
      this.#registers.set(ESP32_FUSES + 0x18, fuses.secureBoot === true ? 0x10 : 0);
    }
    this.flash = new Nor(flashBytes);
    this.#send = send;
    this.#hostSpeed = hostSpeed;
    this.mode = inLoader ? "rom" : "program";
  }

  /** A reset: into the loader when BOOT is held, else into the program. */
  reset(boot: boolean): void {
    this.mode = boot ? "rom" : "program";
    this.speed = undefined;
    this.#packet = undefined;
    this.#attached = false;
    this.#download = undefined;
    this.#memory = undefined;
    this.#ram = [];
    this.#reading = undefined;
    this.#owed = undefined;
    this.#send(Buffer.from(boot ? WAITING_LOG : BOOT_LOG));
  }

  /** Bytes from the host, in any portions. */
  feed(bytes: Uint8Array): void {
    if (this.mode === "program") return;
    for (const byte of bytes) {
      if (byte === 0xc0) {
        const packet = this.#packet ?? [];
        this.#packet = packet.length > 0 ? undefined : [];
        if (packet.length > 0) this.#frame(Buffer.from(packet));
      } else if (this.#packet === undefined) continue;
      else if (this.#escaped) {
        this.#packet.push(byte === 0xdc ? 0xc0 : 0xdb);
        this.#escaped = false;
      } else if (byte === 0xdb) this.#escaped = true;
      else this.#packet.push(byte);
    }
  }

  #frame(packet: Buffer): void {
    const host = this.#hostSpeed();
    // The ROM measures the speed of the first SYNC. At another speed it receives noise.
    if (this.speed === undefined) this.speed = host;
    if (host !== undefined && this.speed !== host) return;
    if (this.#reading !== undefined) this.#acknowledge(packet);
    else if (packet.length >= 8 && packet[0] === 0) this.#command(packet);
  }

  #command(packet: Buffer): void {
    const op = packet.readUInt8(1);
    const data = packet.subarray(8);
    this.counts.set(op, (this.counts.get(op) ?? 0) + 1);
    if (this.#isFaulty(op, "silent")) {
      this.mode = "program";
      return;
    }
    if (data.length !== packet.readUInt16LE(2)) this.#refuse(op, "length");
    else if (this.#isFaulty(op, "refused")) this.#refuse(op, "spi");
    else if (this.#owed !== undefined) {
      this.#refuse(op, this.#owed);
      this.#owed = undefined;
    } else this.#perform(op, data, packet.readUInt32LE(4));
  }

  #isFaulty(op: number, what: RomFault["what"]): boolean {
    const { fault } = this;
    return fault?.op === op && fault.what === what && (this.counts.get(op) ?? 0) >= fault.at;
  }

  #perform(op: number, data: Buffer, sum: number): void {
    const stub = this.mode === "stub";
    if (this.#fuses.restricted === true && !RESTRICTED.includes(op)) {
      this.#refuseUnknown(op);
      return;
    }
    switch (op) {
      case Op.sync:
        this.#sync(data);
        break;
      case Op.readReg:
        this.#answer(op, data.length === 4, () => this.#registers.get(data.readUInt32LE(0)) ?? 0);
        break;
      case Op.writeReg:
        this.#answer(op, data.length > 0 && data.length % 16 === 0, () => {
          for (let at = 0; at < data.length; at += 16)
            this.#writeRegister(data.readUInt32LE(at), data.readUInt32LE(at + 4));
          return 0;
        });
        break;
      case Op.memBegin:
        this.#begin(op, data, data.length === 16, "memory");
        break;
      case Op.memData:
        this.#memData(op, data, sum);
        break;
      case Op.memEnd:
        this.#memEnd(op, data);
        break;
      case Op.spiAttach:
        this.#answer(op, data.length === (stub ? 4 : 8), () => {
          this.#attached = true;
          return 0;
        });
        break;
      case Op.spiSetParams:
        this.#answer(op, data.length === 24, () => {
          this.flashParams = data.readUInt32LE(4);
          return 0;
        });
        break;
      case Op.changeBaud:
        this.#answer(op, data.length === 8, () => 0);
        if (data.length === 8 && this.speed !== undefined) this.speed = data.readUInt32LE(0);
        break;
      case Op.flashBegin:
      case Op.deflBegin:
        this.#flashBegin(op, data);
        break;
      case Op.flashData:
      case Op.deflData:
        this.#flashData(op, data, sum);
        break;
      case Op.flashEnd:
      case Op.deflEnd:
        this.#flashEnd(op, data);
        break;
      case Op.md5:
        this.#md5(op, data);
        break;
      case Op.securityInfo:
        this.#securityInfo(op, data);
        break;
      default:
        if (stub) this.#stubOnly(op, data);
        else this.#refuseUnknown(op);
    }
  }

  #stubOnly(op: number, data: Buffer): void {
    switch (op) {
      case Op.eraseFlash:
        this.#answer(op, data.length === 0, () => {
          this.flash.erase(0, this.flash.bytes.length);
          return 0;
        });
        break;
      case Op.eraseRegion: {
        const sectors =
          data.length === 8 && (data.readUInt32LE(0) | data.readUInt32LE(4)) % 4096 === 0;
        this.#answer(op, sectors, () => {
          this.flash.erase(data.readUInt32LE(0), data.readUInt32LE(4));
          return 0;
        });
        break;
      }
      case Op.readFlash:
        this.#answer(op, data.length === 16 && data.readUInt32LE(8) <= 4096, () => 0);
        if (data.length !== 16) return;
        this.#reading = {
          from: data.readUInt32LE(0),
          length: data.readUInt32LE(4),
          packet: data.readUInt32LE(8),
          sent: 0,
          acknowledged: 0,
        };
        this.#sendRead(this.#reading);
        break;
      case Op.runUserCode:
        this.reset(false);
        break;
      default:
        this.#refuse(op, "unknown");
    }
  }

  #sync(data: Buffer): void {
    const pattern = data.length === 36 && data.readUInt32LE(0) === 0x20120707;
    if (!pattern || data.subarray(4).some((byte) => byte !== 0x55)) this.#refuse(Op.sync, "length");
    // Both answer eight times. The value 0 tells that it is the stub.
    else for (let i = 0; i < 8; i++) this.#reply(Op.sync, this.mode === "stub" ? 0 : 0x20120707);
  }

  /** The flash answers through the registers of its controller; command 9F reads its identifier. */
  #writeRegister(address: number, value: number): void {
    this.#registers.set(address, value);
    const { base, user2, data } = this.#chip.spi;
    if (address !== base || (value & SPI_USR) === 0) return;
    const command = (this.#registers.get(base + user2) ?? 0) & 0xff;
    this.#registers.set(base + data, command === READ_ID ? this.flash.id : 0);
    this.#registers.set(base, 0);
  }

  #begin(op: number, data: Buffer, good: boolean, kind: "memory" | "plain" | "packed"): boolean {
    if (!good) {
      this.#refuse(op, "length");
      return false;
    }
    const [total = 0, blocks = 0, blockBytes = 0, at = 0] = [0, 4, 8, 12].map((place) =>
      data.readUInt32LE(place),
    );
    const download: Download = {
      at,
      total,
      left: total,
      blocks,
      blockBytes,
      sequence: 0,
      packed: kind === "packed" ? [] : undefined,
      erased: Math.floor(at / SECTOR_BYTES) * SECTOR_BYTES,
    };
    if (kind === "memory") {
      this.#memory = download;
      this.#answer(op, true, () => 0);
    } else this.#download = download;
    return true;
  }

  /** Returns the payload of a data command, or undefined after a refusal. */
  #block(
    op: number,
    data: Buffer,
    sum: number,
    download: Download | undefined,
  ): Buffer | undefined {
    const length = data.length >= 16 ? data.readUInt32LE(0) : -1;
    const block = data.subarray(16);
    if (download === undefined) this.#refuse(op, "notBegun");
    else if (length !== block.length || length > download.blockBytes) this.#refuse(op, "length");
    else if (xor(block) !== sum) this.#refuse(op, "checksum");
    else if (data.readUInt32LE(4) !== download.sequence) this.#refuse(op, "tooMuch");
    else {
      download.sequence++;
      return block;
    }
    return undefined;
  }

  #memData(op: number, data: Buffer, sum: number): void {
    const memory = this.#memory;
    const block = this.#block(op, data, sum, memory);
    if (block === undefined || memory === undefined) return;
    const inRam = this.#chip.ram.some(
      ([from, to]) => memory.at >= from && memory.at + block.length <= to,
    );
    if (block.length > memory.left || !inRam) {
      this.#refuse(op, "tooMuch");
      return;
    }
    const last = this.#ram.at(-1);
    if (last?.to === memory.at) last.to += block.length;
    else this.#ram.push({ from: memory.at, to: memory.at + block.length });
    memory.at += block.length;
    memory.left -= block.length;
    this.#answer(op, true, () => 0);
  }

  /** Runs what was loaded if the entry lies in it. Else the chip hangs until a reset. */
  #memEnd(op: number, data: Buffer): void {
    this.#answer(op, data.length === 8, () => 0);
    if (data.length !== 8 || data.readUInt32LE(0) !== 0) return;
    const entry = data.readUInt32LE(4);
    const loaded = this.#ram.some(({ from, to }) => entry >= from && entry < to);
    if (!loaded || this.#memory?.left !== 0) {
      this.mode = "program";
      return;
    }
    this.mode = "stub";
    this.#attached = true;
    this.#send(slip(Buffer.from("OHAI")));
  }

  #flashBegin(op: number, data: Buffer): void {
    const stub = this.mode === "stub";
    const encryptable = this.#chip.chipId !== undefined;
    const good = stub
      ? data.length === 16 || data.length === 20
      : data.length === (encryptable ? 20 : 16);
    if (!this.#attached) {
      this.#refuse(op, "spi");
      return;
    }
    if (!this.#begin(op, data, good, op === Op.deflBegin ? "packed" : "plain")) return;
    const download = this.#download;
    // The ROM erases at once, the stub as it writes.
    const erased =
      stub || (download !== undefined && this.flash.erase(download.at, download.total));
    if (erased) this.#answer(op, true, () => 0);
    else this.#refuse(op, "spi");
  }

  #flashData(op: number, data: Buffer, sum: number): void {
    const download = this.#download;
    const block = this.#block(op, data, sum, download);
    if (block === undefined || download === undefined) return;
    if (this.mode === "stub") {
      // The stub answers before it writes, and reports an error at the next command.
      this.#answer(op, true, () => 0);
      this.#owed = this.#store(op, download, block);
      return;
    }
    const problem = this.#store(op, download, block);
    if (problem === undefined) this.#answer(op, true, () => 0);
    else this.#refuse(op, problem);
  }

  #store(op: number, download: Download, block: Buffer): Problem | undefined {
    const bytes =
      download.packed === undefined
        ? block.subarray(0, download.left)
        : this.#unpack(download, block);
    if (bytes === undefined) return "inflate";
    if (bytes.length > download.left) return "tooMuch";
    const problem = this.#write(download, bytes);
    if (this.#isFaulty(op, "bitFlips")) this.flash.program(download.at - 1, Uint8Array.of(0));
    return problem;
  }

  /** Returns what a block adds to a compressed download, or undefined when it is damaged. */
  #unpack(download: Download, block: Buffer): Buffer | undefined {
    download.packed?.push(Buffer.from(block));
    const packed = Buffer.concat(download.packed ?? []);
    const last = download.sequence >= download.blocks;
    try {
      const all = inflateSync(packed, last ? {} : { finishFlush: constants.Z_SYNC_FLUSH });
      return all.subarray(download.total - download.left);
    } catch {
      return undefined;
    }
  }

  #write(download: Download, bytes: Buffer): Problem | undefined {
    const end = download.at + bytes.length;
    if (this.mode === "stub") {
      for (; download.erased < end; download.erased += SECTOR_BYTES) {
        const sector = download.erased / SECTOR_BYTES;
        if (!this.flash.isBlank(sector) && !this.flash.erase(download.erased, 1)) return "spi";
      }
    }
    if (!this.flash.program(download.at, bytes)) return "spi";
    download.at = end;
    download.left -= bytes.length;
    return undefined;
  }

  #flashEnd(op: number, data: Buffer): void {
    const stub = this.mode === "stub";
    if (data.length !== 4) this.#refuse(op, "length");
    else if (this.#download === undefined && stub) this.#refuse(op, "notBegun");
    else if (stub && this.#download?.left !== 0) this.#refuse(op, "length");
    else {
      this.#download = undefined;
      this.#answer(op, true, () => 0);
      if (!stub && data.readUInt32LE(0) === 0) this.reset(false);
    }
  }

  #md5(op: number, data: Buffer): void {
    const [at, length] =
      data.length === 16 ? [data.readUInt32LE(0), data.readUInt32LE(4)] : [0, -1];
    if (length < 0) this.#refuse(op, "length");
    else if (!this.#attached || at + length > this.flash.bytes.length) this.#refuse(op, "spi");
    else {
      const sum = createHash("md5").update(this.flash.bytes.subarray(at, at + length));
      this.#reply(op, 0, this.mode === "stub" ? sum.digest() : Buffer.from(sum.digest("hex")));
    }
  }

  #securityInfo(op: number, data: Buffer): void {
    const { chipId } = this.#chip;
    if (chipId === undefined) {
      if (this.mode === "stub") this.#refuse(op, "notThere");
      else this.#refuseUnknown(op);
      return;
    }
    if (data.length !== 0) {
      this.#refuse(op, "length");
      return;
    }
    const { secureBoot = false, restricted = false, encryptions = 0 } = this.#fuses;
    const info = Buffer.alloc(20);
    info.writeUInt32LE((secureBoot ? 1 : 0) | (restricted ? 4 : 0), 0);
    info[4] = (1 << encryptions) - 1;
    info.writeUInt32LE(chipId, 12);
    this.#reply(op, 0, info);
  }

  #sendRead(reading: Reading): void {
    const { from, length, packet } = reading;
    const next = this.flash.bytes.subarray(
      from + reading.sent,
      from + Math.min(length, reading.sent + packet),
    );
    reading.sent += next.length;
    this.#send(slip(next));
  }

  /** Sends one packet at a time, and the digest of all after the last. */
  #acknowledge(packet: Buffer): void {
    const reading = this.#reading;
    if (reading === undefined || packet.length !== 4) {
      this.#reading = undefined;
      return;
    }
    reading.acknowledged = packet.readUInt32LE(0);
    if (reading.sent < reading.length) this.#sendRead(reading);
    else if (reading.acknowledged >= reading.length) {
      this.#reading = undefined;
      const all = this.flash.bytes.subarray(reading.from, reading.from + reading.length);
      this.#send(slip(createHash("md5").update(all).digest()));
    }
  }

  #answer(op: number, good: boolean, value: () => number): void {
    if (good) this.#reply(op, value());
    else this.#refuse(op, "length");
  }

  #refuse(op: number, problem: Problem): void {
    const { rom, stub } = PROBLEMS[problem];
    this.#reply(op, 0, Buffer.alloc(0), [1, this.mode === "stub" ? stub : rom]);
  }

  /** The ROM refuses an unknown command eight times, under another number. */
  #refuseUnknown(op: number): void {
    if (this.mode === "stub") this.#refuse(op, "unknown");
    else for (let i = 0; i < 8; i++) this.#reply(0, 0, Buffer.alloc(0), [1, PROBLEMS.unknown.rom]);
  }

  #reply(op: number, value: number, data = Buffer.alloc(0), status = [0, 0]): void {
    const tail = Buffer.from(this.mode === "stub" ? status : [...status, 0, 0]);
    const head = Buffer.alloc(8);
    head[0] = 1;
    head[1] = op;
    head.writeUInt16LE(data.length + tail.length, 2);
    head.writeUInt32LE(value >>> 0, 4);
    this.#send(slip(Buffer.concat([head, data, tail])));
  }
}
