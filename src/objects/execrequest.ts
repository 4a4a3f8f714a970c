/**
 * Who asked for what, as the engine keeps it in a ticket: lines of object, way, server and, if the
 * Exec had one, correlator, which is last because it alone may have line breaks.
 */
import { frozen } from "../base/frozen.ts";
import type { Way } from "./fumonodes.ts";

export interface ExecRequest {
  /** URI of x. */
  readonly object: string;
  /** The node that was Exec'd; it decides the type of the alert. */
  readonly way: Way;
  /** The server that is owed the report. */
  readonly server: string;
  /** Absent and empty are not the same: the alert repeats what the Exec had. */
  readonly correlator: string | undefined;
}

const WAYS: readonly Way[] = frozen(["Download", "Update", "DownloadAndUpdate"]);

export function requestText({ object, way, server, correlator }: ExecRequest): string {
  const lines = [object, way, server];
  if (correlator !== undefined) lines.push(correlator);
  return lines.join("\n");
}

/** The request in a ticket, or undefined when it is not one of FUMO. */
export function readRequest(text: string): ExecRequest | undefined {
  const [object, name, server, ...rest] = text.split("\n");
  const way = WAYS.find((known) => known === name);
  if (object === undefined || way === undefined || server === undefined) return undefined;
  return { object, way, server, correlator: rest.length === 0 ? undefined : rest.join("\n") };
}
