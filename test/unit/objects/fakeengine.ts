/**
 * An update engine for tests: accepts what its phase allows, notes what it is asked, and ends when
 * it is told to.
 */
import type { UpdateEngine, UpdateState } from "../../../src/objects/fumoengine.ts";
import type { Reason } from "../../../src/update/reason.ts";
import type { Ticket } from "../../../src/update/record.ts";
import type { Refusal } from "../../../src/update/refusal.ts";

const IDLE: UpdateState = { phase: "idle", object: "", installing: false, kept: false };

export class FakeEngine implements UpdateEngine {
  /** What the image that runs is, as the base of deltas. */
  base = "";
  record: UpdateState = IDLE;
  readonly calls: string[] = [];
  /** What the next call of that name answers. */
  readonly refuse = new Map<string, Refusal>();
  /** Steps that each write leaves to `work`, and those of the last one. */
  steps = 0;
  #left = 0;
  #tickets: Ticket[] = [];
  #next = 1;

  open(size: number, object: string): Refusal | undefined {
    return this.#call("open", `${size} ${object}`, { ...IDLE, phase: "receiving", object });
  }

  write(bytes: Uint8Array): Refusal | undefined {
    this.#left = this.steps;
    return this.#call("write", `${bytes.length}`, this.record);
  }

  get working(): boolean {
    return this.#left > 0;
  }

  work(): Refusal | undefined {
    this.#left--;
    return this.#call("work", "", this.record);
  }

  close(): Refusal | undefined {
    return this.#call("close", "", { ...this.record, phase: "verifying" });
  }

  abort(): void {
    this.#call("abort", "", { ...this.record, phase: "idle" });
  }

  start(url: string, object: string, owner: string, thenInstall: boolean): Refusal | undefined {
    return this.#call(
      "start",
      `${url} ${String(thenInstall)}`,
      { ...IDLE, phase: "downloading", object },
      owner,
    );
  }

  install(object: string, owner: string): Refusal | undefined {
    const { phase, kept } = this.record;
    const verifying = phase === "verifying";
    if (this.record.object !== object || (!kept && !verifying)) return "noPackage";
    return this.#call(
      "install",
      object,
      { ...this.record, phase: verifying ? phase : "proving", installing: true },
      owner,
    );
  }

  discard(object: string): Refusal | undefined {
    return this.#call("discard", object, IDLE);
  }

  tickets(): readonly Ticket[] {
    return this.#tickets;
  }

  settle(id: number): void {
    this.#tickets = this.#tickets.filter((ticket) => ticket.id !== id);
  }

  baseText(): string {
    return this.base;
  }

  /** Everything that runs ends so. */
  end(reason: Reason): void {
    this.#tickets = this.#tickets.map((ticket) => ({ ...ticket, reason }));
  }

  #call(name: string, argument: string, after: UpdateState, owner?: string): Refusal | undefined {
    this.calls.push(argument === "" ? name : `${name} ${argument}`);
    const refusal = this.refuse.get(name);
    if (refusal !== undefined) return refusal;
    this.record = after;
    if (owner !== undefined) this.#tickets.push({ id: this.#next++, owner });
    return undefined;
  }
}
