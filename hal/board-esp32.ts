/** Stands in for hal/board.ts where the platform is esp32. */
export { openBoard } from "./esp32/board.ts";
