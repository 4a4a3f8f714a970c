/**
 * What the tests of this folder stand on: a signed package, a flash in memory, a boot selector and
 * a server that do as they are told.
 */
import { fromBase64 } from "../../../src/base/base64.ts";
import { assert } from "../../../src/base/assert.ts";
import type {
  Boot,
  Flash,
  FlashErrorKind,
  FlashStatus,
  ResetCause,
  Running,
} from "../../../hal/hal.ts";
import { vendorKey } from "../../../src/image/key.ts";
import type { ImagePolicy } from "../../../src/image/policy.ts";
import type { FetchEvent, Fetcher, FetchSink, FetchSource } from "../../../src/update/fetcher.ts";

function decoded(text: string): Uint8Array {
  const bytes = fromBase64(text);
  assert(bytes !== undefined, "base64");
  return bytes;
}

/**
 * An image of 528 bytes: version 2.0.0, security counter 3, vendor 11…11, class 22…22, signed
 * with Ed25519.
 */
export function signedImage(): Uint8Array {
  return decoded(
    "PbjzlgAAAAAgADQALAEAAAAAAAACAAAAAAAAAAAAAAAABw4VHCMqMTlAR05VXGNqcnmAh46VnKOrsrnAx87V3OTr8vk" +
      "ABw4VHSQrMjlAR05WXW" +
      "RrcnmAh4+WnaSrsrnAyM/W3eTr8vkBCA8WHSQrMjpBSE9WXWRrc3qBiI+WnaSss7rByM/W3eXs8/oBCA8WHiUsMzp" +
      "BSE9XXmVsc3qBiJCXnqWs" +
      "s7rBydDX3uXs8/oCCRAXHiUsMztCSVBXXmVsdHuCiZCXnqWttLvCydDX3ubt9PsCCRAXHyYtNDtCSVBYX2ZtdHuCi" +
      "ZGYn6attLvCytHY3+bt9P" +
      "sDChEYHyYtNDxDSlFYX2ZtdXyDipGYn6autbzDytHY3+fu9fwDChEYICcuNTxDSlFZYGdudXyDipKZoKeutbzDy9L" +
      "Z4Ofu9fwECxIZICcuNT1E" +
      "S1IIaTQAUAAEAAMAAAB0ABAAEREREREREREREREREREREXUAEAAiIiIiIiIiIiIiIiIiIiIiB2mQABAAIACKXYyvQ" +
      "haNQySASvxdxVlba0Aok5" +
      "blFWotb6ilURSBTgEAIABHclUmaqR5OaVytVTdogKJe2Ar/rk80v2X6ax+gsivsCQAQAA9J03IVxvVIha+EZFblMy" +
      "ysbl5w04nT0Q4zaJlP4K7" +
      "1Gw3DL99Ss408Rpa4jRkF/VTPPPCuLCo+NAaHjhpDbIG",
  );
}

/** The public key of that signature, as SubjectPublicKeyInfo. */
const SPKI = "MCowBQYDK2VwAyEAlkgoDcXnz5lVW4pGj65YNuHUwEPhkhnYd4FxoknwNmk=";

export function policy(): ImagePolicy {
  const key = vendorKey(decoded(SPKI));
  assert(key !== undefined, "a vendor key");
  return {
    keys: [key],
    vendorId: new Uint8Array(16).fill(0x11),
    classId: new Uint8Array(16).fill(0x22),
    runningVersion: { major: 1, minor: 0, revision: 0, build: 0 },
    securityCounter: 1,
    capacity: 1048576,
    allowDowngrade: false,
  };
}

class MemoryFlashFault extends Error {
  override name = "FlashFault";
  readonly kind: FlashErrorKind = "device";
}

/** Refuses to program what is not erased; counts; fails on request. */
export class MemoryFlash implements Flash {
  readonly bytes: Uint8Array;
  /** Of each operation: "erase 0", "write 0 4". */
  readonly operations: string[] = [];
  /** Operations from now on until one fails as a broken part would. */
  failAfter = Infinity;
  /** Reads from now on that have a wrong bit, or fail. */
  flips = 0;
  failingReads = 0;
  #status: FlashStatus;

  constructor(status: FlashStatus) {
    this.#status = status;
    this.bytes = new Uint8Array(status.blocks * status.blockLength).fill(0x5a);
  }

  status(): FlashStatus {
    return this.#status;
  }

  read(buffer: Uint8Array, byteOffset: number): void {
    assert(byteOffset >= 0 && byteOffset + buffer.length <= this.bytes.length, "read in bounds");
    if (this.failingReads-- > 0) throw new MemoryFlashFault(`read ${byteOffset}`);
    buffer.set(this.bytes.subarray(byteOffset, byteOffset + buffer.length));
    if (this.flips-- > 0) buffer[0] = (buffer[0] ?? 0) ^ 1;
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    const { writeAlign, eraseValue } = this.#status;
    this.#count(`write ${byteOffset} ${bytes.length}`);
    assert(byteOffset % writeAlign === 0 && bytes.length % writeAlign === 0, "write is aligned");
    for (const byte of this.bytes.subarray(byteOffset, byteOffset + bytes.length))
      assert(byte === eraseValue, "write to erased bytes");
    this.bytes.set(bytes, byteOffset);
  }

  eraseBlock(block: number): void {
    this.#count(`erase ${block}`);
    const { blockLength, eraseValue } = this.#status;
    this.bytes.fill(eraseValue, block * blockLength, (block + 1) * blockLength);
  }

  #count(operation: string): void {
    if (this.failAfter-- <= 0) throw new MemoryFlashFault(operation);
    this.operations.push(operation);
  }
}

/** Where a restart ends. */
class Gone extends Error {
  override name = "Gone";
}

export class MemoryBoot implements Boot {
  slot = 0;
  trial = false;
  cause: ResetCause = "power";
  failures = 0;
  refuses = false;
  readonly calls: string[] = [];

  running(): Running {
    return { slot: this.slot, trial: this.trial, cause: this.cause, failures: this.failures };
  }

  arm(): void {
    this.#call("arm");
  }

  confirm(): void {
    this.#call("confirm");
    this.trial = false;
  }

  restart(): never {
    this.calls.push("restart");
    throw new Gone("restart");
  }

  #call(name: string): void {
    this.calls.push(name);
    if (this.refuses) throw new Error(`${name} refused`);
  }
}

/** Plays one script a step; each line may talk to the sink. */
export class ScriptedFetcher implements Fetcher {
  readonly started: FetchSource[] = [];
  stopped = 0;
  script: ((sink: FetchSink) => FetchEvent)[] = [];

  start(source: FetchSource): void {
    this.started.push(source);
  }

  step(_now: number, sink: FetchSink): FetchEvent {
    const line = this.script.shift();
    assert(line !== undefined, "the script has another line");
    return line(sink);
  }

  stop(): void {
    this.stopped++;
  }
}
