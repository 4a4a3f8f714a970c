/** Builds of firmware, as the rig's boards want them. */
import { BuildError } from "../../../hal/xs/build.ts";
import { Exit, RigError } from "../exit.ts";

/** A build that fails is the bench's fault, not the firmware's. */
export function make<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof BuildError)
      throw new RigError(Exit.noBoard, error.message, "xs-fumo doctor tells what is missing");
    throw error;
  }
}
