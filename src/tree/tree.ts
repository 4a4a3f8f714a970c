/**
 * The management tree (OMA-TS-DM-TND) as a session uses it: one function a command, in statuses of
 * SyncML.
 *
 * Every command is one commit of the store, or part of the one commit of an Atomic: it is whole or
 * not there, whenever power fails. `server` is the ServerID of the authenticated peer.
 */
import { assert } from "../base/assert.ts";
import { Budget } from "../base/budget.ts";
import { LEAF_BYTES_MAX, PEER_BYTES_MAX } from "../base/limits.ts";
import type { SubtreeNode } from "../base/subtreenode.ts";
import { after, isPending, type Work } from "../base/work.ts";
import { RIGHTS } from "./acl.ts";
import type { Right } from "./acl.ts";
import {
  addNode,
  admitStream,
  copyNode,
  execNode,
  obstacle,
  removeNode,
  replaceNode,
} from "./change.ts";
import { getNode } from "./get.ts";
import type { GetAnswer } from "./get.ts";
import type { Bindings, Exec, NodeDefinition } from "./node.ts";
import { nodeKey, Nodes, VALUE_KEY } from "./nodes.ts";
import { forgetServer, grant, keepAcl } from "./rights.ts";
import { Staged, unlessFull } from "./staged.ts";
import type { TreeStore } from "./staged.ts";
import { succeeded, Status } from "../syncml/status.ts";
import { Collector } from "./stream.ts";
import type { Sink, StreamMeta } from "./stream.ts";
import { addSubtree, replaceSubtree } from "./subtree.ts";
import { parseUri } from "./uri.ts";
import type { Value } from "./value.ts";

export class Tree {
  readonly #staged: Staged;
  readonly #nodes: Nodes;
  #atomic = false;

  /** What commands stage is charged to `budget`. */
  constructor(store: TreeStore, budget = new Budget(PEER_BYTES_MAX)) {
    this.#staged = new Staged(store, budget);
    this.#nodes = new Nodes(this.#staged);
  }

  /**
   * Puts a permanent object under the root. What servers added to it in earlier runs is there at
   * once.
   */
  mount(definition: NodeDefinition, bindings: Bindings): void {
    this.#nodes.mount(definition, bindings);
  }

  /**
   * Understands `?prop=` and `?list=`. Inside Atomic every Get is 500 (OMA-TS-DM-RepPro, Atomic).
   */
  get(uri: string, server: string): GetAnswer {
    return this.#atomic ? { status: Status.commandFailed } : getNode(this.#nodes, uri, server);
  }

  add(uri: string, value: Value | undefined, server: string): Work<number> {
    return this.#start(() => addNode(this.#nodes, uri, value, server));
  }

  /**
   * The URI of the interior node that an Add which has failed could not make (OMA-TS-DM-RepPro,
   * Add), or undefined.
   */
  obstacle(uri: string): string | undefined {
    return obstacle(this.#nodes, uri);
  }

  /** Also of properties: `?prop=ACL`, `Name`, `Title`. */
  replace(uri: string, value: Value, server: string): Work<number> {
    return this.#start(() => replaceNode(this.#nodes, uri, value, server));
  }

  /**
   * Adds the nodes of a description; `uri` is what their paths are relative to. All of them or
   * none.
   */
  addSubtree(uri: string, subtree: readonly SubtreeNode[], server: string): number {
    return this.#run(() => addSubtree(this.#nodes, uri, subtree, server));
  }

  /** Makes what is at `uri` as the description says, or leaves it as it is. */
  replaceSubtree(uri: string, subtree: readonly SubtreeNode[], server: string): number {
    return this.#run(() => replaceSubtree(this.#nodes, uri, subtree, server));
  }

  remove(uri: string, server: string): number {
    return this.#run(() => removeNode(this.#nodes, uri, server));
  }

  copy(from: string, to: string, server: string): Work<number> {
    return this.#start(() => copyNode(this.#nodes, from, to, server));
  }

  /**
   * Inside Atomic every Exec is 500: Exec is legal in Sequence and SyncBody only (OMA-TS-DM-RepPro,
   * Exec).
   */
  exec(uri: string, argument: Exec, server: string): number {
    return this.#atomic
      ? Status.commandFailed
      : this.#run(() => execNode(this.#nodes, uri, argument, server));
  }

  /**
   * A large object, asked for before its first chunk: where its bytes go, or a status (413 when the
   * node cannot hold so much; without a size that shows when too much has come …). Not inside
   * Atomic, which fits in one message and so has no chunks: 500.
   */
  stream(command: "Add" | "Replace", uri: string, meta: StreamMeta, server: string): Sink | number {
    if (this.#atomic) return Status.commandFailed;
    const sink = admitStream(this.#nodes, command, uri, meta, server);
    this.#staged.forget();
    if (typeof sink === "number") return sink;
    if (sink === undefined) {
      return new Collector(meta.size, LEAF_BYTES_MAX, (data) => {
        const value = { format: meta.format, type: meta.type, data };
        return command === "Add" ? this.add(uri, value, server) : this.replace(uri, value, server);
      });
    }
    return {
      keeps: sink.keeps,
      write: (bytes) => sink.write(bytes),
      close: () => this.#start(() => sink.close()),
      abort: () => {
        sink.abort();
      },
    };
  }

  /** Begins an Atomic. After a command in it has failed only `rollback` may follow. */
  begin(): void {
    assert(!this.#atomic, "an Atomic within an Atomic");
    this.#atomic = true;
  }

  /**
   * Ends an Atomic: 200, or 420 when the store is full; then nothing has changed and its commands
   * were rolled back.
   */
  commit(): number {
    assert(this.#atomic, "no Atomic to commit");
    this.#atomic = false;
    return this.#staged.commit();
  }

  /**
   * Undoes an Atomic: the status of the commands that had succeeded, 216, or 516 when one of them
   * cannot be undone.
   */
  rollback(): number {
    assert(this.#atomic, "no Atomic to roll back");
    this.#atomic = false;
    const { irrevocable } = this.#staged;
    this.#staged.forget();
    return irrevocable ? Status.rollbackFailed : Status.rolledBack;
  }

  /** The kept value of a leaf, for the objects of the device itself: no rights, no binding. */
  kept(at: readonly string[]): Uint8Array | undefined {
    return this.#staged.get(nodeKey(VALUE_KEY, at));
  }

  /**
   * Provisioning and other changes by the device itself, in one commit, which may use the reserve:
   * 200, or 420 and nothing has changed.
   */
  locally(change: (provisioning: Provisioning) => void): number {
    return this.#run(() => {
      change({
        staged: this.#staged,
        grant: (uri, server, rights = RIGHTS) => {
          grant(this.#nodes, provisioned(uri), server, rights);
        },
        acl: (uri, acl) => {
          keepAcl(this.#nodes, provisioned(uri), acl);
        },
        forget: (server) => {
          forgetServer(this.#nodes, server);
        },
      });
      return Status.ok;
    }, "nothing");
  }

  /** A command that may take steps: nothing else happens to the tree until it is over. */
  #start(command: () => Work<number>): Work<number> {
    return after(guarded(command), (status) => this.#end(status));
  }

  #run(command: () => number, leaving?: "nothing"): number {
    return this.#end(unlessFull(command), leaving);
  }

  #end(status: number, leaving?: "nothing"): number {
    if (this.#atomic) return status;
    if (!succeeded(status)) {
      this.#staged.forget();
      return status;
    }
    const committed = this.#staged.commit(leaving);
    return committed === Status.ok ? status : committed;
  }
}

/** As `unlessFull`, in each step. */
function guarded(command: () => Work<number>): Work<number> {
  const work = unlessFull(command);
  if (!isPending(work)) return work;
  return {
    step: () => guarded(() => work.step()),
    abort: () => {
      work.abort();
    },
  };
}

/** What the device may do to its own tree without asking an ACL. */
export interface Provisioning {
  /** Changes of other records, in the same commit. */
  readonly staged: Staged;
  /** Gives the server rights on a node (all, if none are named), besides those that hold there. */
  grant(uri: string, server: string, rights?: readonly Right[]): void;
  /**
   * Gives a node an ACL of its own, in the grammar of the ACL property; the empty text makes it
   * inherit.
   */
  acl(uri: string, acl: string): void;
  /** Takes a server out of every ACL. */
  forget(server: string): void;
}

function provisioned(uri: string): readonly string[] {
  const parsed = parseUri(uri);
  assert(typeof parsed !== "number" && parsed.query === undefined, "a URI of the tree");
  return parsed.segments;
}
