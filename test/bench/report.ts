/**
 * Prints figures as they come, a heading for each group, or a line of JSON for each; keeps those
 * past their budgets, and those that miss their goals.
 */
import { type Figure, goalMiss, overBudget, ratio } from "./figure.ts";

const NAME_COLUMNS = 40;

/** A number as the table has it: thousands apart, three significant digits behind a small one. */
function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value).replace(/\B(?=(\d{3})+$)/g, " ");
  return value.toFixed(Math.abs(value) < 20 ? 3 : 1);
}

function head(group: string): string {
  const columns = ["value".padStart(20), "floor".padStart(10), "ratio".padStart(8)];
  return `${group.padEnd(NAME_COLUMNS + 2)}${[...columns, "budget".padStart(12)].join("  ")}`;
}

function line(figure: Figure): string {
  const { name, value, unit, floor, budget, isLeast } = figure;
  const times = ratio(figure);
  const cells = [
    `${numberText(value)} ${unit}`.trimEnd().padStart(20),
    (floor === undefined ? "" : numberText(floor)).padStart(10),
    (times === undefined ? "" : `${times.toFixed(2)} x`).padStart(8),
    `${isLeast === true ? "≥ " : ""}${numberText(budget)}`.padStart(12),
    verdict(figure),
  ];
  return `  ${name.padEnd(NAME_COLUMNS)}${cells.join("  ")}`.trimEnd();
}

/** What a row says behind its budget: by how much it is over, by how much its goal is missed. */
export function verdict(figure: Figure): string {
  const { value, goal } = figure;
  const over = overBudget(figure);
  const miss = goalMiss(figure);
  const budget = over > 0 ? `OVER by ${numberText(over)}` : "ok";
  if (goal === undefined || miss === undefined) return budget;
  if (miss === 0) return `${budget}; goal ${numberText(goal)} met`;
  const times = goal === 0 ? "" : ` (${(value / goal).toFixed(2)} x)`;
  return `${budget}; goal ${numberText(goal)} missed by ${numberText(miss)}${times}`;
}

export class Report {
  readonly #write: (text: string) => void;
  readonly #json: boolean;
  readonly #over: Figure[] = [];
  readonly #missed: Figure[] = [];
  #group = "";
  #count = 0;

  constructor(json: boolean, write = (text: string): void => void process.stdout.write(text)) {
    this.#json = json;
    this.#write = write;
  }

  add(figures: readonly Figure[]): void {
    for (const figure of figures) {
      this.#count++;
      if (overBudget(figure) > 0) this.#over.push(figure);
      if ((goalMiss(figure) ?? 0) > 0) this.#missed.push(figure);
      if (this.#json) {
        const told = { ...figure, over: overBudget(figure), miss: goalMiss(figure) };
        this.#write(`${JSON.stringify({ ...told, ratio: ratio(figure) })}\n`);
        continue;
      }
      if (figure.group !== this.#group) this.#write(`\n${head(figure.group)}\n`);
      this.#group = figure.group;
      this.#write(`${line(figure)}\n`);
    }
  }

  note(text: string): void {
    if (!this.#json) this.#write(`\n${text}\n`);
  }

  /** Says what was missed. Returns the exit status: 1 when a value is past its budget, else 0. */
  end(): 0 | 1 {
    const list = (figures: readonly Figure[]): string =>
      figures.map((figure) => `\n  ${figure.group}: ${figure.name}: ${verdict(figure)}`).join("");
    if (this.#missed.length > 0)
      this.note(`Goals that are missed, ${this.#missed.length}:${list(this.#missed)}`);
    if (this.#over.length > 0)
      this.note(`Past their budgets, ${this.#over.length}:${list(this.#over)}`);
    else this.note(`All ${this.#count} figures are within their budgets.`);
    return this.#over.length > 0 || this.#count === 0 ? 1 : 0;
  }
}
