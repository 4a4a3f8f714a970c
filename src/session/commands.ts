/**
 * Management commands, item by item, on the tree (OMA-TS-DM-RepPro §4.1.6): each gives one Status
 * code per item.
 */
import { assert } from "../base/assert.ts";
import { frozen } from "../base/frozen.ts";
import { after, isPending, type Work } from "../base/work.ts";
import { content, type Item, type ObjectCommand } from "../syncml/command.ts";
import { AlertCode } from "../syncml/alert.ts";
import { Status } from "../syncml/status.ts";
import type { Encoding } from "./encoding.ts";
import { type LargeObject, formatOf, typeOf } from "./largeobject.ts";
import type { Outgoing } from "./outgoing.ts";
import type { TreeAccess } from "./ports.ts";
import { isTnds } from "../syncml/tnds.ts";
import { putDocument, putSubtree } from "./subtrees.ts";

/** What commands work on. */
export interface Context extends TreeAccess {
  readonly outgoing: Outgoing;
  readonly object: LargeObject;
  /** Of the messages that the device writes. */
  encoding: Encoding;
  /** MsgID of the message that the commands are in. */
  msgRef: string;
  /** Bytes of the largest object that the device takes, and that the server takes; 0: any. */
  readonly objectSizeMax: number;
  serverObjectSizeMax: number;
}

type Operation = (item: Item, command: ObjectCommand, context: Context) => Work<number>;

/** All but Get, which gives more than a Status: results.ts. */
const OPERATIONS: { readonly [Name in Exclude<ObjectCommand["name"], "Get">]: Operation } = frozen({
  Add: put,
  Replace: put,
  Delete: remove,
  Copy: copy,
  Exec: exec,
});

/**
 * Executes every item: their Status codes, in order. `nested`: inside Atomic or Sequence, which
 * have no chunks (§2.1).
 */
export function execute(
  command: ObjectCommand,
  context: Context,
  nested: boolean,
): Work<readonly number[]> {
  assert(command.name !== "Get", "a Get has results");
  if (command.items.length === 0) return [Status.badRequest];
  const operation = OPERATIONS[command.name];
  const { object } = context;
  const one = (item: Item): Work<number> => {
    if (object.wasFed(item)) return object.settle(item);
    return nested && item.moreData ? Status.commandFailed : operation(item, command, context);
  };
  const codes: number[] = [];
  const rest = (): Work<readonly number[]> => {
    for (const item of command.items.slice(codes.length)) {
      const work = one(item);
      if (isPending(work))
        return after(work, (code) => {
          codes.push(code);
          return rest();
        });
      codes.push(work);
    }
    return codes;
  };
  return rest();
}

function put(item: Item, command: ObjectCommand, context: Context): Work<number> {
  const name = command.name === "Add" ? "Add" : "Replace";
  const { object, tree, server } = context;
  if (object.continuedBy(name, item, command.meta)) return object.add(item);
  interrupt(context);
  if (item.target === undefined) return Status.badRequest;
  if (item.markup === true) return Status.unsupportedType;
  if (item.tree !== undefined) return putSubtree(name, item.target, item.tree, context);
  if (item.moreData) return object.begin(name, item, command.meta, context);
  const format = formatOf(item, command.meta);
  const type = typeOf(item, command.meta);
  const data = content(item, command.meta);
  if (data === undefined) return Status.badRequest;
  if (context.objectSizeMax > 0 && data.length > context.objectSizeMax) return Status.tooLarge;
  if (isTnds(type)) return putDocument(name, item.target, data, context);
  const value = { format, type, data };
  if (name === "Replace") return tree.replace(item.target, value, server);
  return tree.add(item.target, format === "node" ? undefined : value, server);
}

function remove(item: Item, _command: ObjectCommand, context: Context): number {
  return item.target === undefined
    ? Status.badRequest
    : context.tree.remove(item.target, context.server);
}

function copy(item: Item, _command: ObjectCommand, context: Context): Work<number> {
  if (item.source === undefined || item.target === undefined) return Status.badRequest;
  return context.tree.copy(item.source, item.target, context.server);
}

function exec(item: Item, command: ObjectCommand, context: Context): number {
  if (item.target === undefined) return Status.badRequest;
  const data = content(item, command.meta);
  if (data === undefined) return Status.badRequest;
  const argument = command.correlator === undefined ? {} : { correlator: command.correlator };
  return context.tree.exec(
    item.target,
    data.length === 0 ? argument : { ...argument, data },
    context.server,
  );
}

/**
 * Gives up a large object when something else comes before its last chunk, and says which (Alert
 * 1225, §2.2).
 */
export function interrupt(context: Context): void {
  const uri = context.object.pending;
  if (uri === undefined) return;
  context.object.abort();
  const items = [{ target: uri, binary: false, moreData: false }];
  context.outgoing.request({ name: "Alert", cmdID: "", data: AlertCode.noEndOfData, items });
}
