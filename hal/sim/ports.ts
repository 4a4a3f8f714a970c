/** What the C of the boot selector asks of the simulated board. */
export interface SelectorPorts {
  /** Fills `buffer` from the boot log. False: the flash failed. */
  read(buffer: Uint8Array, offset: number): boolean;
  write(bytes: Uint8Array, offset: number): boolean;
  erase(block: number): boolean;
  /** Bytes of a slot. */
  room(slot: number): number;
  /** Fills `buffer`, which has room for it, with a slot. */
  load(slot: number, buffer: Uint8Array): void;
  /** A slot that should have booted cannot. */
  refused(slot: number, why: string): void;
}
