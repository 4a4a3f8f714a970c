/** What a console says, line by line, however the bytes came. */
import { StringDecoder } from "node:string_decoder";

/** A line without an end is cut off at its beginning. */
const LINE_MAX = 4096;

export class ConsoleLines {
  readonly #line: (line: string) => void;
  #decoder = new StringDecoder("utf8");
  #rest = "";

  /** Every whole line, without its end, goes to `line`. */
  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  /** Takes what came; a character that is divided between two reads stays whole. */
  take(bytes: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split("\n");
    this.#rest = (lines.pop() ?? "").slice(-LINE_MAX);
    for (const line of lines) this.#line(line.replace(/\r$/, ""));
  }

  /** Forgets what has no end yet: who was about to say it has gone. */
  drop(): void {
    this.#decoder = new StringDecoder("utf8");
    this.#rest = "";
  }
}
