/**
 * The boot selector in C (hal/common/boot) in Node, as WebAssembly: hal/sim/Makefile compiles it to
 * a file beside this module. In XS test/xs/selectornative.ts takes this module's place. What a
 * power cut throws in a port passes through the C.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Sha256 } from "../../src/base/sha256.ts";
import { verifyEd25519, verifyP256 } from "../../src/base/signature.ts";
import { text } from "../../src/base/utf8.ts";
import type { FlashStatus } from "../hal.ts";
import type { SelectorPorts } from "./ports.ts";

const FILE = fileURLToPath(new URL("./selector.wasm", import.meta.url));
const PAGE_BYTES = 65536;
const KEY_BYTES = { ed25519: 32, p256: 65 } as const;
const ED25519_BYTES = 64;
const DIGEST_BYTES = 32;

/** What selector.wasm exports. Addresses are offsets in its memory. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly __stack_pointer: { value: number };
  setKeys(length: number): number;
  freeMemory(): number;
  select(blockLength: number, writeAlign: number, cause: number): number;
  arm(blockLength: number, writeAlign: number, told: number): number;
  confirm(blockLength: number, writeAlign: number, told: number): number;
  problem(): number;
  pauseMinutes(failures: number): number;
}

/** Node's WebAssembly, as far as it is used here. */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

let compiled: object | undefined;

function engine(): Engine {
  return (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
}

function compile(): object {
  if (compiled !== undefined) return compiled;
  if (!existsSync(FILE))
    throw new Error(
      `${FILE} is missing: make -f hal/sim/Makefile compiles the boot selector, with clang and lld`,
    );
  return (compiled = new (engine().Module)(readFileSync(FILE)));
}

/**
 * The compiled selector with the keys of a board. It keeps nothing between two calls, so boards of
 * one make share it, and one may call while another one's call waits in a port.
 */
class Machine {
  readonly #exports: Exports;
  /** Signatures that were checked: a board looks at the same few images again and again. */
  readonly #checked = new Map<string, boolean>();
  #ports: SelectorPorts | undefined;

  constructor(keys: Uint8Array) {
    const { exports } = new (engine().Instance)(compile(), { board: this.#imports() });
    this.#exports = exports as Exports;
    const at = this.#exports.freeMemory();
    this.#grow(at + keys.length);
    this.#bytes(at, keys.length).set(keys);
    if (this.#exports.setKeys(keys.length) === 0)
      throw new Error("not one to four public keys in DER, Ed25519 or P-256");
  }

  /** Calls one of the functions, for a board with these ports. */
  call(ports: SelectorPorts, act: (exports: Exports) => number): number {
    const { __stack_pointer: stack } = this.#exports;
    const before = { ports: this.#ports, stack: stack.value };
    this.#ports = ports;
    try {
      return act(this.#exports);
    } finally {
      this.#ports = before.ports;
      stack.value = before.stack;
    }
  }

  /** The text at an address that ends with NUL. */
  textAt(at: number): string {
    const bytes = new Uint8Array(this.#exports.memory.buffer);
    return text(bytes, at, bytes.indexOf(0, at));
  }

  #imports(): object {
    const ports = (): SelectorPorts => {
      if (this.#ports === undefined) throw new Error("the selector runs outside of a call");
      return this.#ports;
    };
    return {
      read: (offset: number, at: number, length: number) =>
        ports().read(this.#bytes(at, length), offset),
      write: (offset: number, at: number, length: number) =>
        ports().write(this.#bytes(at, length).slice(), offset),
      erase: (block: number) => ports().erase(block),
      slot: (slot: number, at: number) => {
        const length = ports().room(slot);
        this.#grow(at + length);
        ports().load(slot, this.#bytes(at, length));
        return length;
      },
      refused: (slot: number, why: number) => {
        ports().refused(slot, this.textAt(why));
      },
      sha256: (at: number, length: number, digest: number) => {
        const hash = new Sha256();
        hash.update(this.#bytes(at, length));
        hash.digest(this.#bytes(digest, DIGEST_BYTES));
      },
      ed25519: (key: number, message: number, length: number, signature: number) =>
        this.#check(verifyEd25519, [
          this.#bytes(key, KEY_BYTES.ed25519),
          this.#bytes(message, length),
          this.#bytes(signature, ED25519_BYTES),
        ]),
      p256: (key: number, digest: number, signature: number, length: number) =>
        this.#check(verifyP256, [
          this.#bytes(key, KEY_BYTES.p256),
          this.#bytes(digest, DIGEST_BYTES),
          this.#bytes(signature, length),
        ]),
    };
  }

  #check(
    verify: typeof verifyEd25519,
    parts: readonly [Uint8Array, Uint8Array, Uint8Array],
  ): boolean {
    const what = parts.map((part) => Buffer.from(part).toString("latin1")).join("|");
    const known = this.#checked.get(what);
    if (known !== undefined) return known;
    const result = verify(...parts);
    this.#checked.set(what, result);
    return result;
  }

  #bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, at >>> 0, length >>> 0);
  }

  #grow(end: number): void {
    const missing = end - this.#exports.memory.buffer.byteLength;
    if (missing > 0) this.#exports.memory.grow(Math.ceil(missing / PAGE_BYTES));
  }
}

/** Boards with the same keys, the same array, share a machine. */
const machines = new WeakMap<Uint8Array, Machine>();

function machineOf(keys: Uint8Array): Machine {
  const known = machines.get(keys);
  if (known !== undefined) return known;
  const made = new Machine(keys);
  machines.set(keys, made);
  return made;
}

/**
 * The selector of one board. Numbers that it gives are those of selector.h, and `told` is the last
 * of them; a string is the reason why the C did nothing. What a port throws is thrown.
 */
export class Selector {
  readonly #machine: Machine;
  readonly #ports: SelectorPorts;
  readonly #blockLength: number;
  readonly #writeAlign: number;

  /**
   * `log`: geometry of the boot log. `keys`: one to four vendor keys one after another, as
   * hal/common/boot/image.h has them; throws when they are none.
   */
  constructor(ports: SelectorPorts, log: FlashStatus, keys: Uint8Array) {
    this.#machine = machineOf(keys);
    this.#ports = ports;
    this.#blockLength = log.blockLength;
    this.#writeAlign = log.writeAlign;
  }

  /** The boot loader, at a reset with this cause. */
  select(cause: number): number {
    return this.#machine.call(this.#ports, (c) =>
      c.select(this.#blockLength, this.#writeAlign, cause),
    );
  }

  arm(told: number): number | string {
    return this.#attempt((c) => c.arm(this.#blockLength, this.#writeAlign, told));
  }

  confirm(told: number): number | string {
    return this.#attempt((c) => c.confirm(this.#blockLength, this.#writeAlign, told));
  }

  /** How long a board waits before it starts after so many crashes in a row. */
  pauseMinutes(failures: number): number {
    return this.#machine.call(this.#ports, (c) => c.pauseMinutes(failures));
  }

  #attempt(act: (exports: Exports) => number): number | string {
    let problem = 0;
    const told = this.#machine.call(this.#ports, (c) => {
      const result = act(c);
      problem = c.problem();
      return result;
    });
    return problem === 0 ? told : this.#machine.textAt(problem);
  }
}
