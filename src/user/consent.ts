/**
 * Asks a person before a download or an installation begins, where the product wants it so
 * (OMA-TS-DM-FUMO, result 401).
 */
import { frozen } from "../base/frozen.ts";
import { CONSENT_WAIT_MS } from "../base/limits.ts";
import type { Confirm } from "../account/provisioning.ts";
import type { Offer } from "../update/download.ts";
import type { Engine } from "../update/engine.ts";
import type { Phase } from "../update/record.ts";
import { packageText } from "../update/sentence.ts";
import { askUntil, PLAIN_QUESTION, type Question, type UserInterface } from "./question.ts";

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
    const question = this.#questionIn(phase, engine);
    if (question === undefined || agreed === phase) return undefined;
    this.#until ??= now + CONSENT_WAIT_MS;
    const answer = askUntil(this.#ui, question, this.#until, now);
    if (typeof answer === "number") return answer;
    this.#until = undefined;
    engine.consent(answer.kind === "yes");
    return now;
  }

  /** The question that this phase begins with, if it has one. */
  #questionIn(phase: Phase, engine: Engine): Question | undefined {
    if (phase === "downloading") return this.#questionOf(engine.offer);
    const asks = this.#confirm === "update" || this.#confirm === "both";
    return phase === "proving" && asks ? UPDATE : undefined;
  }

  #questionOf(offer: Offer | undefined): Question | undefined {
    if (offer === undefined) return undefined;
    if (this.#download?.offer !== offer)
      this.#download = { offer, question: downloadQuestion(offer) };
    return this.#download.question;
  }
}
