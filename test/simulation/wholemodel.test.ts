/** The model of model.test.ts with more of everything: about half a minute of a processor. */
import { TICKETS_MAX } from "../../src/base/limits.ts";
import { explored } from "./model/explored.ts";

explored("two flash faults, two tickets", { faults: 2, tickets: 2, downloads: false });
explored("as many tickets as there may be", { faults: 0, tickets: TICKETS_MAX, downloads: false });
explored("two tickets, attempts, descriptors and notices", {
  faults: 0,
  tickets: 2,
  downloads: true,
});
