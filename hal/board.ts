/**
 * The board that the program runs on: `host`, unless the build puts another in this module's place
 * (manifest.json by platform, hal/xs/build.ts by name). A board of yours has a file like this one
 * beside it: board-NAME.ts.
 */
export { openBoard } from "./host/board.ts";
