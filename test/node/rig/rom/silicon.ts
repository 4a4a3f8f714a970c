/**
 * The chips that the stand-in plays: the registers that tools read, and the identifiers that
 * GET_SECURITY_INFO returns. Facts from Espressif's manuals and documents.
 */

export interface Silicon {
  readonly name: string;
  /** In GET_SECURITY_INFO; the first ESP32 has no such command. */
  readonly chipId: number | undefined;
  readonly registers: ReadonlyMap<number, number>;
  /** The controller of the flash: its base, and where its registers are. */
  readonly spi: {
    readonly base: number;
    readonly user: number;
    readonly user2: number;
    readonly data: number;
  };
  /** RAM that a stub may be loaded into. */
  readonly ram: readonly (readonly [from: number, to: number])[];
}

const MAGIC_AT = 0x40001000;
/** The address 24:0a:c4:12:34:56. */
const MAC = [0xc4123456, 0x240a] as const;

/** BLOCK0 of the first ESP32: the counter of encryption, the address, the kind of secure boot. */
export const ESP32_FUSES = 0x3ff5a000;

function modern(
  name: string,
  chipId: number,
  fuses: number,
  spi: number,
  more: readonly (readonly [number, number])[] = [],
): Silicon {
  return {
    name,
    chipId,
    registers: new Map([[fuses + 0x44, MAC[0]], [fuses + 0x48, MAC[1]], ...more]),
    spi: { base: spi, user: 0x18, user2: 0x20, data: 0x58 },
    ram: [
      [0x3fc80000, 0x3fd00000],
      [0x40370000, 0x40800000],
      [0x40800000, 0x40880000],
    ],
  };
}

export const SILICON = {
  esp32: {
    name: "ESP32",
    chipId: undefined,
    registers: new Map<number, number>([
      [MAGIC_AT, 0x00f01d83],
      [ESP32_FUSES + 4, MAC[0]],
      [ESP32_FUSES + 8, MAC[1]],
      [0x3ff40014, 347], // clocks a bit at 115,200 baud: a crystal of 40 MHz
    ]),
    spi: { base: 0x3ff42000, user: 0x1c, user2: 0x24, data: 0x80 },
    ram: [
      [0x3ffae000, 0x40000000],
      [0x40070000, 0x400c0000],
    ],
  },
  esp32c3: modern("ESP32-C3", 5, 0x60008800, 0x60002000, [[MAGIC_AT, 0x1b31506f]]),
  esp32s3: modern("ESP32-S3", 9, 0x60007000, 0x60002000, [[MAGIC_AT, 9]]),
  esp32c6: modern("ESP32-C6", 13, 0x600b0800, 0x60003000, [[MAGIC_AT, 0x2ce0806f]]),
  /** A chip that hal/esp32 does not support. */
  esp32h2: modern("ESP32-H2", 16, 0x600b0800, 0x60003000, [[MAGIC_AT, 0xd7b73e80]]),
} as const satisfies { readonly [name: string]: Silicon };
export type SiliconName = keyof typeof SILICON;
