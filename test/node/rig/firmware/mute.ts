/** Firmware that works, but for its account: no server accepts it. */
import { openBoard } from "../../../../hal/host/board.ts";
import { Client } from "../../../../src/client/client.ts";
import { parseProvision } from "../../../../src/client/provision.ts";

const board = openBoard(), provision = parseProvision(board.provision());
const account = provision.account === undefined ? undefined : { ...provision.account, secret: "forgotten" };
const client = new Client(board, { ...provision, account });

board.run(() => client.step());
