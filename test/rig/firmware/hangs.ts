/** Firmware that never does anything again. */
import { openBoard } from "../../../hal/board.ts";

const board = openBoard();
for (;;) board.now();
