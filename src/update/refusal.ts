/** What a call to the engine answers when it is not accepted. */
import type { ImageFault } from "../image/policy.ts";

/**
 * Why a call was not accepted; then nothing changed. `busy`: not in this phase, or too much is unreported. `noPackage`: there is
 * none of this object. `tooLarge`: it does not fit. `sequence`: no stream is open. An ImageFault: the package is not taken.
 */
export type Refusal = "busy" | "noPackage" | "tooLarge" | "sequence" | ImageFault;
