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
});

const NAMES: ReadonlyMap<number, string> = new Map([
  [10, "Idle/Start"],
  [20, "Download Failed"],
  [30, "Download Progressing"],
  [40, "Download Complete"],
  [50, "Ready to Update"],
  [60, "Update Progressing"],
  [70, "Update Failed/Have Data"],
  [80, "Update Failed/No Data"],
  [90, "Update Successful/Have Data"],
  [100, "Update Successful/No Data"],
]);

/** The standard's name of a State. */
export function stateName(state: number): string {
  return NAMES.get(state) ?? "unknown";
}

function outcome({ reason, installing, kept }: UpdateState): number {
  if (reason === "succeeded")
    return kept ? FumoState.updateSuccessfulHaveData : FumoState.updateSuccessfulNoData;
  if (!installing) return FumoState.downloadFailed;
  return kept ? FumoState.updateFailedHaveData : FumoState.updateFailedNoData;
}

/**
 * The State of the object whose package the record is about. Objects without a package are idle.
 */
export function fumoState(record: UpdateState): number {
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
