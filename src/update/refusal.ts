/** What a call to the engine answers when it is not accepted. */
import type { ImageFault } from "../image/policy.ts";

/**
 * Why a call was not accepted; then nothing changed, but that a refused write or close ends the
 * stream, and that streams and proofs under way begin again where the store is full (`busy`).
 * `busy`: not in this phase, or too much is unreported. `noPackage`: there is none of this object.
 * `tooLarge`: it does not fit. `sequence`: no stream is open. An ImageFault: the package is not
 * taken. `wrongBase`: it is a delta from another image. `failedBefore`: its image was tried.
 */
export type Refusal =
  | "busy"
  | "noPackage"
  | "tooLarge"
  | "sequence"
  | "wrongBase"
  | "failedBefore"
  | ImageFault;
