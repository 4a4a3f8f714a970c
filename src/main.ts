/**
 * The device's entry: a board, a client on it, and whoever sits at the board's console. Which board
 * is hal/board.ts's to say.
 */
import { openBoard } from "../hal/board.ts";
import { Client } from "./client/client.ts";
import { parseProvision } from "./account/provisioning.ts";
import { typedAnswers } from "./user/typed.ts";

const board = openBoard();

/**
 * The client on this board. The first step makes it, so that whatever fails, a provisioning that is
 * rejected too, fails in the hands of the board's loop.
 */
class Program {
  #client: Client | undefined;
  #once = false;

  step(): number {
    this.#client ??= this.#start();
    const next = this.#client.step();
    return this.#once && this.#client.sessions > 0 ? -Infinity : next;
  }

  #start(): Client {
    const provision = parseProvision(board.provision());
    this.#once = provision.once;
    const { typed } = board;
    if (!provision.typedAnswers || typed === undefined) return new Client(board, provision, {});
    const userInterface = typedAnswers(typed, (line) => {
      board.log("info", "user", line);
    });
    return new Client(board, provision, { userInterface });
  }
}

const program = new Program();
board.run(() => program.step());
