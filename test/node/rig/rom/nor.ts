/** A NOR flash: programming clears bits, and only erasing, a sector at a time, sets them. */

export const SECTOR_BYTES = 4096;

export class Nor {
  readonly bytes: Buffer;
  /** How often each sector was erased. */
  readonly erases: Uint32Array;

  constructor(size: number) {
    this.bytes = Buffer.alloc(size, 0xff);
    this.erases = new Uint32Array(size / SECTOR_BYTES);
  }

  /** JEDEC: manufacturer, type, capacity as a power of two. */
  get id(): number {
    return 0x40ef | ((31 - Math.clz32(this.bytes.length)) << 16);
  }

  /** False, and nothing done, past the end. */
  program(at: number, bytes: Uint8Array): boolean {
    if (at + bytes.length > this.bytes.length) return false;
    bytes.forEach((byte, i) => {
      this.bytes[at + i] = (this.bytes[at + i] ?? 0) & byte;
    });
    return true;
  }

  /** Erases the sectors that hold any of these bytes. False, and nothing done, past the end. */
  erase(at: number, length: number): boolean {
    const first = Math.floor(at / SECTOR_BYTES);
    const end = Math.ceil((at + length) / SECTOR_BYTES);
    if (end > this.erases.length) return false;
    this.bytes.fill(0xff, first * SECTOR_BYTES, end * SECTOR_BYTES);
    for (let sector = first; sector < end; sector++)
      this.erases[sector] = (this.erases[sector] ?? 0) + 1;
    return true;
  }

  isBlank(sector: number): boolean {
    return this.bytes
      .subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES)
      .every((byte) => byte === 0xff);
  }
}
