/**
 * What a command of the rig can end with. A broken bench is not a broken firmware: CI systems tell
 * them apart by these numbers.
 */
export const Exit = {
  ok: 0,
  failed: 1,
  usage: 2,
  noBoard: 3,
  flash: 4,
  protocol: 5,
  crash: 6,
  timeout: 42,
  interrupted: 130,
} as const;
export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** Ends that say something of the firmware; every other is the bench's. */
const OF_FIRMWARE: readonly ExitCode[] = [Exit.failed, Exit.protocol, Exit.crash];

/** An end that the person at the terminal can act on: what happened, and what to do. */
export class RigError extends Error {
  override name = "RigError";
  readonly code: ExitCode;
  readonly hint: string | undefined;

  constructor(code: ExitCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Whether the firmware is to blame for what was thrown, or the bench. */
export function verdictOf(error: unknown): "failed" | "error" {
  return error instanceof RigError && OF_FIRMWARE.includes(error.code) ? "failed" : "error";
}

/** What a person at the terminal reads of an error. */
export function told({ message, hint }: RigError): string {
  return `xs-fumo: ${message}\n${hint === undefined ? "" : `  ${hint}\n`}`;
}
