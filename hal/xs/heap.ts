/** How full the heap of XS is. For tests and benches on boards that run XS 13. */

/** Peaks are since the machine was made, and count garbage that was not collected yet. */
export interface Heap {
  /** Slots in use, and how many bytes one takes. */
  readonly slots: number;
  readonly slotBytes: number;
  /** Bytes of chunks in use. */
  readonly chunks: number;
  readonly peakSlots: number;
  readonly peakChunks: number;
}

function figure(this: unknown, which: number): number { return native("xs_heap_figure").call(this, which); }

export function heap(): Heap {
  return { slots: figure(0), slotBytes: figure(1), chunks: figure(2), peakSlots: figure(3), peakChunks: figure(4) };
}
