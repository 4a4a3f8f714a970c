/** Whether the staged package may be installed: proved from flash, never from RAM, in steps. */
import { hex } from "../base/bytes.ts";
import { VERIFY_STEP_BYTES } from "../base/limits.ts";
import type { ImagePolicy } from "../image/policy.ts";
import { ImageVerifier, type ImageFacts } from "../image/verifier.ts";
import type { Store } from "../store/store.ts";
import { flashFailure } from "./failure.ts";
import { failedDigests, securityFloor } from "./memory.ts";
import type { Reason } from "./record.ts";
import type { Staging } from "./staging.ts";

export class Proof {
  #store: Store;
  #verifier: ImageVerifier;

  /**
   * `size` is that of the package. The security counter that it needs is that of this moment: an update that was confirmed since
   * the start has raised it.
   */
  constructor(store: Store, staging: Staging, size: number, policy: ImagePolicy) {
    this.#store = store;
    this.#verifier = new ImageVerifier((buffer, offset) => staging.read(buffer, offset), size, {
      ...policy, securityCounter: Math.max(policy.securityCounter, securityFloor(store)),
    });
  }

  /** Facts, what is wrong, or undefined: call again. */
  step(): ImageFacts | Reason | undefined {
    const result = this.#advance();
    if (result === undefined || typeof result === "string") return result;
    return failedDigests(this.#store).includes(hex(result.digest)) ? "failedBefore" : result;
  }

  #advance(): ImageFacts | Reason | undefined {
    try {
      return this.#verifier.step(VERIFY_STEP_BYTES);
    } catch (error) {
      return flashFailure(error);
    }
  }
}
