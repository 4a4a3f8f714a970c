/** Prints figures of the heap around an allocation. */
import { heap } from "../../../xs/heap.ts";

const before = heap();
const kept = new Uint8Array(10000);
const objects = Array.from({ length: 1000 }, (_, i) => ({ i }));
const after = heap();
trace(`${JSON.stringify({ before, after, kept: kept.length + objects.length })}\n`);
