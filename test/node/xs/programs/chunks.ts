/** Allocates chunks until the machine has no memory left. */

const kept: Uint8Array[] = [];
trace("filling\n");
for (;;) kept.push(new Uint8Array(65536));
