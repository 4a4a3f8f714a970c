/** Throws from a function that another one calls: a test looks for the places in the stack. */

function inner(value: number): number {
  if (value > 2) throw new RangeError("too large");
  return value;
}

class Caller {
  readonly #value = 3;

  call(): number {
    return inner(this.#value) + 1;
  }
}

trace(`${new Caller().call()}\n`);
