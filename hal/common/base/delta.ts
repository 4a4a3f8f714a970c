/** Decoder of delta packages (XDP1): the native version of src/base/delta.ts, which says more. */

export const SEGMENT_BYTES_MAX = 2560;
export const SEGMENT_HEAD_BYTES = 10;
export const PIECE_BYTES = 256;
export const WORK_BYTES = 512;
export const WINDOW_BYTES = 256;

/** What `run` answers instead of a length. */
export const NEEDS_SEGMENT = 0;
export const CORRUPT = -1;
export const NEEDS_BASE = -2;
export const NEEDS_IMAGE = -3;

export class Delta extends Native("xs_delta_destructor") {
  /** Throws a RangeError when `from` lies outside of the image. */
  constructor(baseLength: number, imageLength: number, from: number) {
    super();
    native("xs_delta").call(this, baseLength, imageLength, from);
  }

  /** Bytes of the image that are made. */
  position(): number {
    return native("xs_delta_position").call(this);
  }

  /** Bytes of the package until the segment, or its head, is whole; 0 while there is one to run. */
  missing(): number {
    return native("xs_delta_missing").call(this);
  }

  /** Where the flash that `run` asks for begins. */
  wanted(): number {
    return native("xs_delta_wanted").call(this);
  }

  /** Takes bytes[from, …) as far as the head, or the code, goes. Returns how many, or CORRUPT. */
  feed(bytes: Uint8Array, from: number): number {
    return native("xs_delta_feed").call(this, bytes, from);
  }

  /** Returns the length of the next piece of the image in `work`, or one of the above. */
  run(work: Uint8Array, window: Uint8Array): number {
    return native("xs_delta_run").call(this, work, window);
  }
}
