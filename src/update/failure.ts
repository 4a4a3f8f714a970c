/**
 * Flash that fails is an outcome of an update; anything else that is thrown is a broken program,
 * and the board resets.
 */
import type { FlashError } from "../../hal/hal.ts";

/** "flash" for a device failure; throws every other error again. */
export function flashFailure(error: unknown): "flash" {
  if (!(error instanceof Error) || (error as Partial<FlashError>).kind !== "device") throw error;
  return "flash";
}
