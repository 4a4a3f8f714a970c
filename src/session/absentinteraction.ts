/**
 * Stands in for interaction.ts in a firmware without the part `interaction`: alerts for a person
 * are none that this device knows, so they are answered 406 (OMA-TS-DM-Protocol §2.5).
 */
import { Status } from "../syncml/status.ts";
import type { Item } from "../syncml/command.ts";

export function isInteraction(): boolean {
  return false;
}

export function questionOf(): number {
  return Status.notSupported;
}

export function answerStatus(): { readonly data: number; readonly items: readonly Item[] } {
  return { data: Status.notSupported, items: [] };
}
