/* Figures of the heap, by number: see heap.ts. XS 13 only. */
#include "../../hal/xs/engine/runtime.h"

void xs_heap_figure(xsMachine* the)
{
  RuntimeHeap heap;
  xsIntegerValue which = xsmcToInteger(xsArg(0));
  runtimeHeap(the, &heap);
  uint32_t figures[] = { heap.slots, heap.slotBytes, heap.chunks, heap.peakSlots, heap.peakChunks,
    heap.liveSlots, heap.liveChunks, heap.collections };
  if ((which < 0) || (which >= (xsIntegerValue)(sizeof(figures) / sizeof(*figures))))
    xsRangeError("no such figure");
  xsmcSetNumber(xsResult, figures[which]);
}
