/** Calls itself until the stack is full. */

function deeper(depth: number): number {
  return deeper(depth + 1) + 1;
}

trace("calling\n");
try {
  trace(`${deeper(0)}\n`);
} catch {
  trace("caught\n");
}
