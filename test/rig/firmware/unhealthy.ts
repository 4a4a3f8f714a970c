/** Firmware that works, and finds in its self-test that it must not stay. */
import { openBoard } from "../../../hal/board.ts";
import { parseProvision } from "../../../src/account/provisioning.ts";
import { Client } from "../../../src/client/client.ts";

const board = openBoard();
const client = new Client(board, parseProvision(board.provision()), { selfTest: () => false });

board.run(() => client.step());
