/** The keyboard of boards at whose console somebody can type. */

/** As `typed` of Board. */
export function typed(this: unknown, buffer: Uint8Array): number {
  return native("xs_console_typed").call(this, buffer);
}
