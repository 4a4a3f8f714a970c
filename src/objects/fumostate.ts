/** FUMO State (OMA-TS-DM-FUMO §10.1.1.10), a pure function of the update record. */
import { frozen } from "../base/frozen.ts";
import type { UpdateState } from "./fumoengine.ts";

export const FumoState = frozen({
  idle: 10,
  downloadFailed: 20,
  downloadProgressing: 30,
  downloadComplete: 40,
  readyToUpdate: 50,
  updateProgressing: 60,
  updateFailedHaveData: 70,
  updateFailedNoData: 80,
  updateSuccessfulHaveData: 90,
  updateSuccessfulNoData: 100,
} as const);
export type FumoState = (typeof FumoState)[keyof typeof FumoState];

/** The standard's names. */
const NAMES: { readonly [state in FumoState]: string } = frozen({
  [FumoState.idle]: "Idle/Start",
  [FumoState.downloadFailed]: "Download Failed",
  [FumoState.downloadProgressing]: "Download Progressing",
  [FumoState.downloadComplete]: "Download Complete",
  [FumoState.readyToUpdate]: "Ready to Update",
  [FumoState.updateProgressing]: "Update Progressing",
  [FumoState.updateFailedHaveData]: "Update Failed/Have Data",
  [FumoState.updateFailedNoData]: "Update Failed/No Data",
  [FumoState.updateSuccessfulHaveData]: "Update Successful/Have Data",
  [FumoState.updateSuccessfulNoData]: "Update Successful/No Data",
});

/** Returns the standard's name of a State, `unknown` for a number that is none. */
export function stateName(state: number): string {
  return (NAMES as { readonly [state in number]?: string })[state] ?? "unknown";
}

function outcome({ reason, installing, kept }: UpdateState): FumoState {
  if (reason === "succeeded")
    return kept ? FumoState.updateSuccessfulHaveData : FumoState.updateSuccessfulNoData;
  if (!installing) return FumoState.downloadFailed;
  return kept ? FumoState.updateFailedHaveData : FumoState.updateFailedNoData;
}

/**
 * The State of the object whose package the record is about. Objects without a package are idle.
 */
export function fumoState(record: UpdateState): FumoState {
  switch (record.phase) {
    case "idle":
    case "receiving":
      return FumoState.idle;
    case "downloading":
      return FumoState.downloadProgressing;
    case "verifying":
      return FumoState.downloadComplete;
    case "ready":
      return FumoState.readyToUpdate;
    case "proving":
    case "arming":
    case "trial":
    case "confirming":
    case "rejecting":
      return FumoState.updateProgressing;
    case "succeeded":
    case "failed":
    case "settled":
      return outcome(record);
  }
}

/** True while an operation runs that a server may not disturb. */
export function inOperation(record: UpdateState): boolean {
  const state = fumoState(record);
  return (
    state === FumoState.downloadProgressing ||
    state === FumoState.downloadComplete ||
    state === FumoState.updateProgressing
  );
}

/** True while there is a package that was verified, and that an installation may still want. */
export function holdsPackage({ phase, kept }: UpdateState): boolean {
  return kept || phase === "ready";
}
