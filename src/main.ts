/**
 * The device's entry: a board, a client on it, and whoever sits at the board's console. Which board
 * is hal/board.ts's to say.
 */
import { openBoard } from "../hal/board.ts";
import { Client } from "./client/client.ts";
import { parseProvision } from "./client/provision.ts";
import { TypedAnswers } from "./client/typed.ts";

const board = openBoard();
const provision = parseProvision(board.provision());
const userInterface =
  provision.typedAnswers && board.typed !== undefined
    ? new TypedAnswers(
        (buffer) => board.typed?.(buffer) ?? -1,
        (line) => {
          board.log("info", "user", line);
        },
      )
    : undefined;
const client = new Client(board, provision, userInterface === undefined ? {} : { userInterface });

board.run(() => {
  const next = client.step();
  return provision.once && client.sessions > 0 ? -Infinity : next;
});
