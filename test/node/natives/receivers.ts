/**
 * Calls natives of classes on what is no object of their class: JavaScript can do so, and each
 * native has to look at its receiver itself. Runs on boards.
 */

/**
 * A class of natives: how one of its objects is made, and its C functions with arguments that fit.
 */
export interface NativeClass {
  readonly name: string;
  make(): object;
  readonly prototype: object;
  readonly constructors: readonly Call[];
  readonly methods: readonly Call[];
  /** Its close(), which does nothing to what is closed, of whatever class that was. */
  readonly close?: string;
}

interface Call {
  readonly native: string;
  /** Anew for each call: a port that was taken once is not to be had again. */
  parameters(): readonly unknown[];
}

function threw(call: Call, receiver: unknown): boolean {
  try {
    native(call.native).call(receiver as never, ...call.parameters());
  } catch (error) {
    return error instanceof Error;
  }
  return false;
}

/** What any class must refuse. */
const STRANGERS: readonly unknown[] = [
  {},
  [],
  () => undefined,
  new Uint8Array(64),
  new ArrayBuffer(64),
  new Map(),
  undefined,
  null,
  7,
  "s",
  true,
];

/** Calls that were not refused, as sentences. */
export function acceptedReceivers(classes: readonly NativeClass[]): readonly string[] {
  const problems: string[] = [];
  const refuse = (call: Call, receiver: unknown, what: string): void => {
    if (!threw(call, receiver)) problems.push(`${call.native} takes ${what}`);
  };
  // A board has few sockets, and nothing collects them here: what was opened is closed.
  const refuseOpen = (call: Call, other: NativeClass): void => {
    const object = other.make();
    refuse(call, object, `an open ${other.name}`);
    if (other.close !== undefined) native(other.close).call(object as never);
  };
  for (const { name, constructors, methods, close } of classes) {
    const closing = close === undefined ? [] : [{ native: close, parameters: () => [] }];
    for (const call of [...constructors, ...methods, ...closing])
      STRANGERS.forEach((receiver, index) => {
        refuse(call, receiver, `stranger ${index}`);
      });
    for (const other of classes) {
      const own = other.name === name;
      for (const call of constructors) refuseOpen(call, other);
      for (const call of methods) {
        refuse(call, other.prototype, `${other.name}.prototype`);
        if (!own) refuseOpen(call, other);
      }
      if (own) continue;
      for (const call of constructors) refuse(call, other.prototype, `${other.name}.prototype`);
      for (const call of closing) refuseOpen(call, other);
    }
  }
  return problems;
}
