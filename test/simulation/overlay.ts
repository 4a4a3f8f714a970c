/** Flash of which some calls are other ones. */
import type { Flash } from "../../hal/hal.ts";

/** Returns the flash with the calls of `change` in the place of its own. */
export function overlay(flash: Flash, change: Partial<Flash>): Flash {
  return {
    status: () => flash.status(),
    read: (buffer, at) => {
      flash.read(buffer, at);
    },
    write: (bytes, at) => {
      flash.write(bytes, at);
    },
    eraseBlock: (block) => {
      flash.eraseBlock(block);
    },
    ...change,
  };
}
