/**
 * A port at which attempts to connect get no answer, as where packets are lost: a thread listens
 * and accepts nothing, and once its queue is full the kernel drops what asks for a connection.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

interface Address {
  readonly port: number;
  readonly bind: string;
}

export interface DeafPort {
  readonly port: number;
  /** Closes it: what asks from then on is refused. */
  close(): Promise<void>;
}

/** The kernel keeps one connection more than it is told, and drops the next one. */
const QUEUE = 1;
/** A connection of this machine to itself that is not there within this has got no answer. */
const FILL_MS = 250;

/** Resolves once the port is deaf; port 0 is any. Rejects when it cannot be had. */
export async function deafPort({ port, bind }: Address): Promise<DeafPort> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { port, bind } });
  const [bound] = (await once(worker, "message")) as [number];
  const fillers: Socket[] = [];
  for (let i = 0; i <= QUEUE; i++) {
    const filler = connect({ port: bound, host: hostOf(bind) });
    filler.on("error", () => undefined);
    fillers.push(filler);
    // Somebody else may have filled the queue meanwhile: then this one gets no answer, too.
    await Promise.race([once(filler, "connect"), setTimeout(FILL_MS, undefined, { ref: false })]);
  }
  return {
    port: bound,
    close: async () => {
      await worker.terminate();
      for (const filler of fillers) filler.destroy();
    },
  };
}

/** Who listens at all addresses listens at the loopback too. */
function hostOf(bind: string): string {
  return bind === "0.0.0.0" || bind === "::" ? "localhost" : bind;
}

/** The thread: once it listens it does nothing any more. */
function listen({ port, bind }: Address): void {
  const server = createServer();
  server.listen({ port, host: bind, backlog: QUEUE }, () => {
    parentPort?.postMessage((server.address() as AddressInfo).port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}

if (!isMainThread) listen(workerData as Address);
