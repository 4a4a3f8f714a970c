/**
 * Stands in for tnds.ts in a firmware without the part `tnds`: descriptions of trees are known by
 * their types and refused, and not read.
 */
import { CLOSED } from "./vocabulary.ts";

/** The tag that begins a description: none is looked for. */
export const TNDS_TAG = CLOSED;

/** True for the MIME type of a serialised tree, in either encoding. */
export function isTnds(type: string): boolean {
  return type.toLowerCase().startsWith("application/vnd.syncml.dmtnds+");
}

export function readTnds(): undefined {
  return undefined;
}
