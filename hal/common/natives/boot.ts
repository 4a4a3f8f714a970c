/**
 * The boot selector of hal/common/boot as Boot of hal.ts: for boards that boot by it, each with
 * natives of its own.
 */
import { frozen } from "../../../src/base/frozen.ts";
import type { Boot, ResetCause, Running } from "../../hal.ts";

function bootSlot(this: unknown): number {
  return native("xs_boot_slot").call(this);
}
function bootTrial(this: unknown): number {
  return native("xs_boot_trial").call(this);
}
function bootCause(this: unknown): number {
  return native("xs_boot_cause").call(this);
}
function bootFailures(this: unknown): number {
  return native("xs_boot_failures").call(this);
}
function bootArm(this: unknown): void {
  native("xs_boot_arm").call(this);
}
function bootConfirm(this: unknown): void {
  native("xs_boot_confirm").call(this);
}
function bootRestart(this: unknown): never {
  return native("xs_boot_restart").call(this);
}

/** In the order of ResetCause in hal/common/boot/log.h. */
const CAUSES: readonly ResetCause[] = frozen(["power", "restart", "watchdog", "panic", "unknown"]);

/**
 * Slot 0 is A, slot 1 is B. arm and confirm throw when the other image cannot be booted, or the
 * boot log not be written.
 */
export class SlotBoot implements Boot {
  readonly headerSize: number | undefined;

  /** `headerSize`: see Boot. */
  constructor(headerSize?: number) {
    this.headerSize = headerSize;
  }

  running(): Running {
    return {
      slot: bootSlot(),
      trial: bootTrial() === 1,
      cause: CAUSES[bootCause()] ?? "unknown",
      failures: bootFailures(),
    };
  }

  arm(): void {
    bootArm();
  }

  confirm(): void {
    bootConfirm();
  }

  restart(): never {
    return bootRestart();
  }
}
