/**
 * Whether the staged package may be installed: proved from flash, never from RAM, in steps. What
 * speaks against it is believed when the proof has come to such an end READS_MAX times: a package
 * is not lost because flash errs once.
 */
import { hex } from "../base/bytes.ts";
import { READS_MAX, VERIFY_STEP_BYTES } from "../base/limits.ts";
import type { ImagePolicy } from "../image/policy.ts";
import { ImageVerifier, type ImageFacts } from "../image/verifier.ts";
import type { Store } from "../store/store.ts";
import { flashFailure } from "./failure.ts";
import { failedDigests, securityFloor } from "./memory.ts";
import type { Reason } from "./reason.ts";
import type { Staging } from "./staging.ts";

export class Proof {
  #store: Store;
  #begin: () => ImageVerifier;
  #verifier: ImageVerifier;
  #reads = 1;

  /**
   * `size` is that of the package. The security counter that it needs is that of this moment: an
   * update that was confirmed since
   * the start has raised it.
   */
  constructor(store: Store, staging: Staging, size: number, policy: ImagePolicy) {
    const counted = {
      ...policy,
      securityCounter: Math.max(policy.securityCounter, securityFloor(store)),
    };
    this.#store = store;
    this.#begin = () =>
      new ImageVerifier((buffer, offset) => staging.read(buffer, offset), size, counted);
    this.#verifier = this.#begin();
  }

  /** Facts, what is wrong, or undefined: call again. */
  step(): ImageFacts | Reason | undefined {
    const result = this.#advance();
    if (result === undefined) return undefined;
    if (typeof result !== "string")
      return failedDigests(this.#store).includes(hex(result.digest)) ? "failedBefore" : result;
    if (this.#reads === READS_MAX) return result;
    this.#reads++;
    this.#verifier = this.#begin();
    return undefined;
  }

  #advance(): ImageFacts | Reason | undefined {
    try {
      return this.#verifier.step(VERIFY_STEP_BYTES);
    } catch (error) {
      return flashFailure(error);
    }
  }
}
