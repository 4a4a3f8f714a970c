/** A delta package made into the image that it stands for, by the decoder of the device. */
import {
  CORRUPT,
  Delta,
  NEEDS_BASE,
  NEEDS_IMAGE,
  PIECE_BYTES,
  WINDOW_BYTES,
  WORK_BYTES,
} from "../../../src/base/delta.ts";

export interface Decoding {
  readonly base: Uint8Array;
  readonly imageLength: number;
  /** The segments. */
  readonly body: Uint8Array;
  /** Bytes fed at a time. */
  readonly step?: number;
  /** Called at the start of each segment, with its place in the body and in the image. */
  readonly onSegment?: (from: number, position: number) => void;
  /** Called with each piece of the image. */
  readonly onPiece?: (piece: Uint8Array) => void;
  /** Where decoding begins: what `onSegment` was told; and the image before it. */
  readonly from?: number;
  readonly before?: Uint8Array;
}

/**
 * Returns the image, or undefined when the segments do not make one of that length. Throws an Error
 * when the decoder asks for flash that is not there, or hands out what it should not.
 */
export function decode(decoding: Decoding): Uint8Array | undefined {
  const { base, imageLength, body, step = 1400, before = new Uint8Array(0) } = decoding;
  const image = new Uint8Array(imageLength);
  image.set(before);
  let made = before.length;
  const delta = new Delta(base.length, imageLength, made);
  const work = new Uint8Array(WORK_BYTES);
  const window = new Uint8Array(WINDOW_BYTES);
  let at = decoding.from ?? 0;
  let isWhole = true;
  for (;;) {
    const result = delta.run(work, window);
    if (result === CORRUPT) return undefined;
    if (result === NEEDS_BASE) fill(window, base, delta.wanted(), base.length);
    else if (result === NEEDS_IMAGE) fill(window, image, delta.wanted(), made);
    else if (result > 0) {
      if (result > PIECE_BYTES || made + result > imageLength) throw new Error("a piece too long");
      const place = made % WORK_BYTES;
      const piece = work.subarray(place, place + result);
      decoding.onPiece?.(piece);
      image.set(piece, made);
      made += result;
    } else {
      if (at === body.length) return made === imageLength ? image : undefined;
      if (isWhole) decoding.onSegment?.(at, delta.position());
      const taken = delta.feed(body.subarray(at, at + step), 0);
      if (taken < 0) return undefined;
      isWhole = delta.missing() === 0;
      at += taken;
    }
  }
}

function fill(window: Uint8Array, flash: Uint8Array, from: number, limit: number): void {
  const is = flash.subarray(from, Math.min(from + WINDOW_BYTES, limit));
  if (is.length === 0) throw new Error(`asked for byte ${from} of ${limit}`);
  window.fill(0xa5);
  window.set(is);
}
