/**
 * Calls the natives of board host with arguments and receivers of every kind, by chance and in the
 * order of a seed: the program of a test under the sanitizers. While an argument is converted, it
 * closes objects, resizes buffers and makes garbage.
 */
import { openBoard } from "../../../hal/host/board.ts";
import { Random } from "../../../hal/sim/random.ts";
import { UdpPort } from "../../../hal/common/natives/datagram.ts";
import { PartitionFlash } from "../../../hal/common/natives/flash.ts";
import { TcpSocket } from "../../../hal/common/natives/socket.ts";
import { exit, print } from "../../../hal/common/natives/system.ts";
import { Delta } from "../../../src/base/delta.ts";
import { Sha256 } from "../../../src/base/sha256.ts";

/** What the test tells this program, in the provisioning. */
export interface Orders {
  readonly seed: number;
  readonly calls: number;
  /** Natives to call. */
  readonly natives: readonly string[];
  /** A port on which somebody listens. */
  readonly port: number;
}

/**
 * Arguments that a native takes: `b`ytes, a `n`umber, a `s`tring. One that is not here gets
 * anything, as every native does now and then.
 */
const SHAPES: { readonly [native: string]: string | undefined } = {
  xs_base64_decode: "bnn",
  xs_base64_put: "bnb",
  xs_bytes_copy: "bnbnn",
  xs_bytes_equal: "bb",
  xs_bytes_filled: "bnnn",
  xs_bytes_find: "bnn",
  xs_bytes_find_any: "bnns",
  xs_bytes_from_hex: "bs",
  xs_bytes_hex: "b",
  xs_console_typed: "b",
  xs_crc32: "bn",
  xs_datagram: "n",
  xs_datagram_receive: "b",
  xs_delta: "nnn",
  xs_delta_feed: "bn",
  xs_delta_run: "bb",
  xs_flash: "s",
  xs_flash_erase_block: "n",
  xs_flash_read: "bn",
  xs_flash_write: "bn",
  xs_md5: "bb",
  xs_sha1: "bb",
  xs_sha256_digest: "b",
  xs_sha256_update: "b",
  xs_signature_ed25519: "bbb",
  xs_signature_p256: "bbb",
  xs_socket: "sn",
  xs_socket_read: "b",
  xs_socket_secure: "sn",
  xs_socket_write: "bn",
  xs_system_random: "b",
  xs_tls_trust: "b",
  xs_utf8_check: "bnn",
  xs_utf8_encode: "s",
  xs_utf8_past: "bns",
  xs_utf8_put: "bns",
  xs_utf8_put_element: "bnsss",
  xs_utf8_put_texts: "bnsss",
  xs_utf8_text: "bnn",
};
/** They wait, print or write the boot log. */
const RARE: readonly string[] = [
  "xs_boot_arm",
  "xs_boot_confirm",
  "xs_socket_wait",
  "xs_system_print",
  "xs_system_provision",
];
const RARELY = 200;

const NUMBERS = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 255, 256, 4095, 4096];
const ODD = [65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, -1, -0, 1.5, 1e300];
const NONE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const LENGTHS = [0, 1, 2, 3, 4, 5, 16, 20, 31, 32, 64, 65, 72, 100, 512, 4096];
const TEXTS = [
  "",
  "a",
  "\u0000",
  "\ud800",
  "\udc00",
  "\ud83d\ude00",
  "é".repeat(40),
  "x".repeat(300),
  "00ff",
  "0",
  "zz",
  "Zm9v",
  "Z===",
  "store",
  "staging",
  "127.0.0.1",
  "no/such",
  "a".repeat(5000),
];
const POOL = 12;
const PORTS = 40;
const PORT_FIRST = 21_000;

class Fuzz {
  readonly #random: Random;
  readonly #orders: Orders;
  readonly #buffers: (ArrayBuffer | Uint8Array)[] = [];
  readonly #hosts: unknown[] = [];
  #threw = 0;

  constructor(orders: Orders) {
    this.#orders = orders;
    this.#random = new Random(orders.seed);
    for (let i = 0; i < POOL; i++) {
      this.#buffers.push(this.#buffer());
      this.#hosts.push(this.#host());
    }
  }

  /** How many of the calls threw. */
  run(): number {
    for (let i = 0; i < this.#orders.calls; i++) this.#step();
    return this.#threw;
  }

  #step(): void {
    const name = this.#pick(this.#orders.natives);
    if (RARE.includes(name) && this.#below(RARELY) > 0) return;
    if (this.#below(30) === 0) this.#buffers[this.#below(POOL)] = this.#buffer();
    if (this.#below(60) === 0) this.#hosts[this.#below(POOL)] = this.#host();
    const shape = this.#below(5) > 0 ? SHAPES[name] : undefined;
    const parameters =
      shape === undefined
        ? Array.from({ length: this.#below(7) }, () => this.#anything())
        : Array.from(shape, (kind) => this.#of(kind));
    try {
      native(name).apply(this.#hosts[this.#below(POOL)] as never, parameters as never);
    } catch {
      this.#threw++;
    }
  }

  #below(bound: number): number {
    return this.#random.below(bound);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  #buffer(): ArrayBuffer | Uint8Array {
    const length = this.#pick(LENGTHS);
    const whole = new Uint8Array(length + 8);
    this.#random.fill(whole);
    switch (this.#below(4)) {
      case 0:
        return whole.buffer;
      case 1:
        return whole;
      case 2:
        return whole.subarray(this.#below(8), length);
      default:
        return new Uint8Array(resizable(length));
    }
  }

  #host(): unknown {
    try {
      switch (this.#below(6)) {
        case 0:
          return new PartitionFlash(this.#below(2) === 0 ? "store" : "staging");
        case 1:
          return new TcpSocket("127.0.0.1", this.#below(3) > 0 ? this.#orders.port : 1);
        case 2:
          return new Sha256();
        case 3:
          return new UdpPort(PORT_FIRST + this.#below(PORTS));
        case 4:
          return new Delta(this.#below(8192), this.#below(8192), 0);
        default:
          return this.#pick([
            PartitionFlash.prototype,
            TcpSocket.prototype,
            Sha256.prototype,
            Delta.prototype,
            UdpPort.prototype,
            {},
            undefined,
            7,
            "s",
          ]);
      }
    } catch {
      return {};
    }
  }

  /** What JavaScript may do while a native converts its arguments. */
  #disturb(): void {
    const buffer = this.#pick(this.#buffers);
    const bytes = buffer instanceof Uint8Array ? buffer.buffer : buffer;
    const closable = this.#pick(this.#hosts) as { close?: () => void } | undefined;
    try {
      if (this.#below(3) === 0) closable?.close?.();
      else (bytes as unknown as { resize(length: number): void }).resize(this.#below(8192));
    } catch {
      /* neither closable nor resizable */
    }
    for (let i = 0; i < 20; i++)
      this.#buffers[this.#below(POOL)] = new Uint8Array(this.#below(600));
  }

  #number(): number {
    if (this.#below(3) > 0) return this.#below(this.#below(2) === 0 ? 8 : 600);
    return this.#pick([...NUMBERS, ...ODD, ...NONE]);
  }

  #of(kind: string): unknown {
    if (this.#below(12) === 0) return this.#anything();
    const disturbs = this.#below(8) === 0;
    switch (kind) {
      case "b":
        return this.#pick(this.#buffers);
      case "s":
        return disturbs ? { toString: () => this.#after(TEXTS) } : this.#pick(TEXTS);
      default:
        return disturbs ? { valueOf: () => this.#after(NUMBERS) } : this.#number();
    }
  }

  #after<T>(list: readonly T[]): T {
    this.#disturb();
    return this.#pick(list);
  }

  #anything(): unknown {
    return this.#pick<unknown>([
      this.#pick(this.#buffers),
      this.#pick(this.#hosts),
      this.#below(2 ** 31),
      this.#pick(TEXTS),
      undefined,
      null,
      true,
      Symbol.iterator,
      new Uint16Array(4),
      new DataView(new ArrayBuffer(8)),
      [1, 2],
      10n,
      {
        valueOf: () => {
          throw new Error("no number");
        },
      },
    ]);
  }
}

/** An ArrayBuffer that can be resized, where the engine has them. */
function resizable(length: number): ArrayBuffer {
  const make = ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer;
  return new make(length, { maxByteLength: 8192 });
}

const board = openBoard();
const { fuzz } = JSON.parse(board.provision()) as { fuzz: Orders };
const threw = new Fuzz(fuzz).run();
print(`\nfuzz: ${fuzz.calls} calls, ${threw} threw`);
exit(0);
