/** The boot selector in C as natives of XS: selector.ts for programs that run in XS. */
import type { FlashStatus } from "../../hal/hal.ts";
import type { SelectorPorts } from "../../hal/sim/ports.ts";

/** The ports as the C calls them: with ArrayBuffers. */
interface NativePorts {
  read(buffer: ArrayBuffer, offset: number): boolean;
  write(bytes: ArrayBuffer, offset: number): boolean;
  erase(block: number): boolean;
  slot(slot: number): ArrayBuffer;
  refused(slot: number, why: string): void;
}

class Machine extends Native("xs_selector_destructor") {
  constructor(keys: Uint8Array, blockLength: number, writeAlign: number) {
    super();
    native("xs_selector").call(this, keys, blockLength, writeAlign);
  }
  select(ports: NativePorts, cause: number): number {
    return native("xs_selector_select").call(this, ports, cause);
  }
  arm(ports: NativePorts, told: number): number | string {
    return native("xs_selector_arm").call(this, ports, told);
  }
  confirm(ports: NativePorts, told: number): number | string {
    return native("xs_selector_confirm").call(this, ports, told);
  }
  pauseMinutes(failures: number): number {
    return native("xs_selector_pause_minutes").call(this, failures);
  }
}

/** As in selector.ts. */
export class Selector {
  readonly #machine: Machine;
  readonly #ports: NativePorts;

  constructor(ports: SelectorPorts, log: FlashStatus, keys: Uint8Array) {
    this.#machine = new Machine(keys, log.blockLength, log.writeAlign);
    this.#ports = {
      read: (buffer, offset) => ports.read(new Uint8Array(buffer), offset),
      write: (bytes, offset) => ports.write(new Uint8Array(bytes), offset),
      erase: (block) => ports.erase(block),
      slot: (slot) => {
        const bytes = new Uint8Array(ports.room(slot));
        ports.load(slot, bytes);
        return bytes.buffer;
      },
      refused: (slot, why) => {
        ports.refused(slot, why);
      },
    };
  }

  select(cause: number): number {
    return this.#machine.select(this.#ports, cause);
  }

  arm(told: number): number | string {
    return this.#machine.arm(this.#ports, told);
  }

  confirm(told: number): number | string {
    return this.#machine.confirm(this.#ports, told);
  }

  pauseMinutes(failures: number): number {
    return this.#machine.pauseMinutes(failures);
  }
}
