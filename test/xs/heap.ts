/** How full the heap of XS is. For tests and benches on boards that run XS 13. */

/**
 * What is in use, and its peak since the machine was made, count garbage that was not collected
 * yet. What a collection leaves does not, and is the better guess at what a program needs; a small
 * heap, which is collected often, makes it exact.
 */
export interface Heap {
  /** Slots in use, and how many bytes one takes. */
  readonly slots: number;
  readonly slotBytes: number;
  /** Bytes of chunks in use. */
  readonly chunks: number;
  readonly peakSlots: number;
  readonly peakChunks: number;
  /** The most that a collection has left, 0 before the first; and how many there were. */
  readonly liveSlots: number;
  readonly liveChunks: number;
  readonly collections: number;
}

function figure(this: unknown, which: number): number {
  return native("xs_heap_figure").call(this, which);
}

export function heap(): Heap {
  return {
    slots: figure(0),
    slotBytes: figure(1),
    chunks: figure(2),
    peakSlots: figure(3),
    peakChunks: figure(4),
    liveSlots: figure(5),
    liveChunks: figure(6),
    collections: figure(7),
  };
}
