/** What the far end of a connection has acknowledged, as the kernel of Linux tells. */
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";

/** Connections of IPv4 and of IPv6. */
const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"] as const;
const LOOK_MS = 5;

/** Both ports of a connection, of which the first is ours. */
export interface Ports {
  readonly local: number;
  readonly remote: number;
}

/**
 * Returns how many bytes of the connection are on their way, by a table of the kernel; undefined
 * where the table does not have it.
 */
export function underWay(table: string, { local, remote }: Ports): number | undefined {
  for (const line of table.split("\n").slice(1)) {
    const [, from = "", to = "", , queues = ""] = line.trim().split(/\s+/);
    if (portIn(from) === local && portIn(to) === remote) return parseInt(queues, 16);
  }
  return undefined;
}

/** The port of `0100007F:1F90`. */
function portIn(address: string): number {
  return parseInt(address.slice(address.indexOf(":") + 1), 16);
}

/**
 * Resolves once the far end has acknowledged all that was sent, at the latest after `limitMs`. The
 * bytes have left the buffers of Node before. Without such tables nobody knows: it does so at once.
 */
export async function acknowledged(socket: Socket, limitMs: number): Promise<void> {
  const { localPort: local, remotePort: remote } = socket;
  if (local === undefined || remote === undefined) return;
  const started = performance.now();
  while (isUnderWay({ local, remote }) && performance.now() - started < limitMs)
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_MS);
    });
}

function isUnderWay(ports: Ports): boolean {
  return TABLES.some((path) => (underWay(tableIn(path), ports) ?? 0) > 0);
}

function tableIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
