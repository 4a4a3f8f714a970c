/** Allocates until the machine has no memory left. */

const kept: number[][] = [];
trace("filling\n");
for (;;) kept.push([kept.length]);
