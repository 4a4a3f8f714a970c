/**
 * Stands in for subtree.ts in a firmware without the part `tnds`: subtrees are neither described
 * nor taken.
 */
import { Status } from "../syncml/status.ts";

/** No list of properties is supported, so that `?list=TNDS` is 406. */
export function wantedProperties(): undefined {
  return undefined;
}

export function describeAll(): number {
  return Status.notSupported;
}

export function beginsWith(): boolean {
  return false;
}

export function addSubtree(): number {
  return Status.unsupportedType;
}

export function replaceSubtree(): number {
  return Status.unsupportedType;
}
