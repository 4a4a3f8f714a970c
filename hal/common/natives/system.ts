/** What else a board gives: clock, randomness, console, provisioning. */

/** Milliseconds since this boot. */
export function now(this: unknown): number {
  return native("xs_system_now").call(this);
}

/** Fills `bytes` with unpredictable values. */
export function random(this: unknown, bytes: Uint8Array): void {
  native("xs_system_random").call(this, bytes);
}

/** Writes a line to the serial console, which may be the standard output. */
export function print(this: unknown, line: string): void {
  native("xs_system_print").call(this, line);
}

/** The text that the board was provisioned with. Throws when there is none. */
export function provision(this: unknown): string {
  return native("xs_system_provision").call(this);
}

/**
 * The version of the running image, from its signed header: "1.2.3+4", "1.2.3" when the build
 * number is 0.
 */
export function version(this: unknown): string {
  return native("xs_system_version").call(this);
}

/** The security counter of the running image, from its signed part; 0 when there is none. */
export function securityCounter(this: unknown): number {
  return native("xs_system_security_counter").call(this);
}

/** Switches the board off: the process, or the emulator, ends with this status, 0 to 255. */
export function exit(this: unknown, status: number): never {
  return native("xs_system_exit").call(this, status);
}
