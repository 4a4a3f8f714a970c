/**
 * Stands in for subtrees.ts in a firmware without the part `tnds`: Add and Replace of a description
 * are 415 (OMA-TS-DM-RepPro §10), a Get of one is 406.
 */
import { Status } from "../syncml/status.ts";

export function putSubtree(): number {
  return Status.unsupportedType;
}

export function putDocument(): number {
  return Status.unsupportedType;
}

export function documentSink(): number {
  return Status.unsupportedType;
}

export function subtreeItem(): number {
  return Status.notSupported;
}
