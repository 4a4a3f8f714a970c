/**
 * The firmware that proves a board: the agent in the place of the client. `conformance` in the
 * provisioning is the rig's URL, or "console".
 */
import { openBoard } from "../../hal/board.ts";
import { Agent } from "./agent.ts";

const board = openBoard();
const { conformance } = JSON.parse(board.provision()) as { conformance: string };
const agent = new Agent(board, conformance);

board.run(() => agent.step());
