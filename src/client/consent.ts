/**
 * Asks a person before a download or an installation begins, where the product wants it so
 * (OMA-TS-DM-FUMO, result 401).
 */
import { frozen } from "../base/frozen.ts";
import { CONSENT_WAIT_MS, INTERACTION_POLL_MS } from "../base/limits.ts";
import type { Confirm } from "../account/provisioning.ts";
import type { Question, UserInterface } from "../session/interaction.ts";
import type { Offer } from "../update/download.ts";
import type { Engine } from "../update/engine.ts";
import { packageText } from "../update/sentence.ts";

/** What a question of the device itself has besides its kind and text. */
export const PLAIN_QUESTION = frozen({
  choices: [],
  showMs: undefined,
  waitMs: undefined,
  lengthMax: undefined,
  input: "A",
  hidden: false,
  preset: "1",
});
const UPDATE: Question = frozen({
  ...PLAIN_QUESTION,
  kind: "confirm",
  text: "Install new firmware and restart?",
});

/**
 * Whether somebody is asked once it is known what there is to download, and before anything of it
 * is taken.
 */
export function asksBeforeDownload(confirm: Confirm): boolean {
  return confirm === "download" || confirm === "both";
}

/** What is there to download, in the words of its descriptor where it has one. */
function downloadQuestion({ size, description }: Offer): Question {
  const known = packageText(size, description);
  return {
    ...PLAIN_QUESTION,
    kind: "confirm",
    text: `Download new firmware?${known === "" ? "" : ` (${known})`}`,
  };
}

export class Consent {
  readonly #ui: UserInterface | undefined;
  readonly #confirm: Confirm;
  /** When the question of now is given up. */
  #until: number | undefined;
  /** The question about the download that is offered: the same object as long as it is the same. */
  #download: { readonly offer: Offer; readonly question: Question } | undefined;

  /** Where nobody can be asked and somebody should be, everything is refused. */
  constructor(ui: UserInterface | undefined, confirm: Confirm) {
    this.#ui = ui;
    this.#confirm = confirm;
  }

  /**
   * Holds the engine back while a person has to answer: the time to call again, in ms of the
   * board's clock. undefined: the engine may go on. "No", no answer and everything else but "yes"
   * refuse.
   */
  hold(engine: Engine, now: number): number | undefined {
    const { phase, agreed } = engine.record;
    const question =
      phase === "downloading"
        ? this.#questionOf(engine.offer)
        : phase === "arming" && (this.#confirm === "update" || this.#confirm === "both")
          ? UPDATE
          : undefined;
    if (question === undefined || agreed === phase) return undefined;
    this.#until ??= now + CONSENT_WAIT_MS;
    const answer = this.#ui === undefined ? { kind: "no" } : this.#ui.ask(question);
    if (answer === undefined && now < this.#until)
      return Math.min(this.#until, now + INTERACTION_POLL_MS);
    if (answer === undefined) this.#ui?.clear();
    this.#until = undefined;
    engine.consent(answer?.kind === "yes");
    return now;
  }

  #questionOf(offer: Offer | undefined): Question | undefined {
    if (offer === undefined) return undefined;
    if (this.#download?.offer !== offer)
      this.#download = { offer, question: downloadQuestion(offer) };
    return this.#download.question;
  }
}
