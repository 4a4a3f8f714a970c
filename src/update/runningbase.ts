/**
 * The image that runs, as the base of delta packages: what a package says of it is proved from
 * flash before the first block is erased.
 */
import type { Base } from "../../hal/hal.ts";
import { equal } from "../base/bytes.ts";
import { VERIFY_READ_BYTES } from "../base/limits.ts";
import { Sha256 } from "../base/sha256.ts";

export class RunningBase {
  #base: Base | undefined;
  #buffer: Uint8Array | undefined;
  #hash: Sha256 | undefined;
  #at = 0;
  /** What was digested since this boot. */
  #length = 0;
  #digest: Uint8Array | undefined;

  /** `base` is absent where the board cannot read its own image. */
  constructor(base: Base | undefined) {
    this.#base = base;
  }

  /** Bytes that there are. */
  get length(): number {
    return this.#base?.length ?? 0;
  }

  /** Throws a FlashError. */
  read(buffer: Uint8Array, offset: number): void {
    this.#base?.read(buffer, offset);
  }

  /**
   * Whether the first `length` bytes have that digest, undefined: call again. Digests about
   * `byteBudget` bytes more; the digest is kept until the next reset. Throws a FlashError; then it
   * begins again.
   */
  proves(length: number, digest: Uint8Array, byteBudget: number): boolean | undefined {
    if (length > this.length) return false;
    const found = this.#digestOf(length, byteBudget);
    return found === undefined ? undefined : equal(found, digest);
  }

  /** SHA-256 of all of it. Throws a FlashError. */
  digest(): Uint8Array {
    return this.#digestOf(this.length, Infinity) ?? new Uint8Array(0);
  }

  #digestOf(length: number, byteBudget: number): Uint8Array | undefined {
    if (length !== this.#length) this.#forget(length);
    try {
      for (let left = byteBudget; this.#digest === undefined && left > 0; ) left -= this.#advance();
    } catch (error) {
      this.#forget(length);
      throw error;
    }
    return this.#digest;
  }

  #forget(length: number): void {
    this.#length = length;
    this.#hash = this.#digest = undefined;
    this.#at = 0;
  }

  #advance(): number {
    const buffer = (this.#buffer ??= new Uint8Array(VERIFY_READ_BYTES));
    const hash = (this.#hash ??= new Sha256());
    const count = Math.min(buffer.length, this.#length - this.#at);
    const part = count < buffer.length ? buffer.subarray(0, count) : buffer;
    this.read(part, this.#at);
    hash.update(part);
    this.#at += count;
    if (this.#at < this.#length) return count;
    this.#digest = new Uint8Array(32);
    hash.digest(this.#digest);
    this.#hash = this.#buffer = undefined;
    return count;
  }
}
