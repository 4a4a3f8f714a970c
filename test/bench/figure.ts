/**
 * One row of the bench: a value beside its bounds. A budget is what was reached, with some room: a
 * value that is worse fails the bench. A goal is what is wanted: a value that misses it is printed
 * with the size of the miss, and fails nothing, or a bench that cannot pass yet would hide what got
 * worse. A goal that is met becomes the budget.
 */

export interface Bounds {
  readonly budget: number;
  readonly goal?: number;
  /** The value has to be so much at least; absent: at most. */
  readonly isLeast?: true;
}

export interface Figure extends Bounds {
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** No implementation can do with less. */
  readonly floor?: number;
}

/** Times the floor, where there is one. */
export function ratio({ value, floor }: Figure): number | undefined {
  return floor === undefined || floor === 0 ? undefined : value / floor;
}

/** By how much the value is worse than `bound`; 0 when it is not. A value that is no number is. */
function missOf({ value, isLeast }: Figure, bound: number): number {
  if (Number.isNaN(value)) return Infinity;
  return Math.max(0, isLeast === true ? bound - value : value - bound);
}

/** By how much the value is past its budget; 0: it is not. */
export function overBudget(figure: Figure): number {
  return missOf(figure, figure.budget);
}

/** By how much the value misses its goal; undefined: it has none. */
export function goalMiss(figure: Figure): number | undefined {
  return figure.goal === undefined ? undefined : missOf(figure, figure.goal);
}
