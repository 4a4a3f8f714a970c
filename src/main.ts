/** The device's entry: a board, a client on it, and nothing else. Which board is hal/board.ts's to say. */
import { openBoard } from "../hal/board.ts";
import { Client } from "./client/client.ts";
import { parseProvision } from "./client/provision.ts";

const board = openBoard();
const provision = parseProvision(board.provision());
const client = new Client(board, provision);

board.run(() => {
  const next = client.step();
  return provision.once && client.sessions > 0 ? -Infinity : next;
});
