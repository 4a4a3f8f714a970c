/**
 * The protocol of the ROM loader and its stub: numbers of commands and errors, framing, checksum.
 */

export const Op = {
  flashBegin: 0x02,
  flashData: 0x03,
  flashEnd: 0x04,
  memBegin: 0x05,
  memEnd: 0x06,
  memData: 0x07,
  sync: 0x08,
  writeReg: 0x09,
  readReg: 0x0a,
  spiSetParams: 0x0b,
  spiAttach: 0x0d,
  changeBaud: 0x0f,
  deflBegin: 0x10,
  deflData: 0x11,
  deflEnd: 0x12,
  md5: 0x13,
  securityInfo: 0x14,
  eraseFlash: 0xd0,
  eraseRegion: 0xd1,
  readFlash: 0xd2,
  runUserCode: 0xd3,
} as const;

/** Error numbers, which differ between ROM and stub. */
export const PROBLEMS = {
  length: { rom: 0x05, stub: 0xc0 },
  checksum: { rom: 0x07, stub: 0xc1 },
  unknown: { rom: 0x05, stub: 0xc3 },
  notThere: { rom: 0x05, stub: 0xff },
  spi: { rom: 0x06, stub: 0xc4 },
  notBegun: { rom: 0x06, stub: 0xc6 },
  inflate: { rom: 0x0b, stub: 0xc7 },
  tooMuch: { rom: 0x06, stub: 0xc9 },
} as const;
export type Problem = keyof typeof PROBLEMS;

/** The commands of Secure Download Mode. */
export const RESTRICTED: readonly number[] = [
  Op.sync,
  Op.spiAttach,
  Op.spiSetParams,
  Op.changeBaud,
  Op.flashBegin,
  Op.flashData,
  Op.flashEnd,
  Op.securityInfo,
];

/** The checksum of a data command. */
export function xor(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum ^ byte, 0xef);
}

/** A packet in SLIP framing. */
export function slip(packet: Buffer): Buffer {
  const bytes = [0xc0];
  for (const byte of packet) {
    if (byte === 0xc0) bytes.push(0xdb, 0xdc);
    else if (byte === 0xdb) bytes.push(0xdb, 0xdd);
    else bytes.push(byte);
  }
  return Buffer.from([...bytes, 0xc0]);
}
