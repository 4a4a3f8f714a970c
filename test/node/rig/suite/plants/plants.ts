/** The fault that each scenario of the suite has to find. */
import { DELTAS } from "./deltas.ts";
import { NETWORKS } from "./networks.ts";
import type { Plants } from "./plant.ts";
import { SERVERS } from "./servers.ts";
import { UPDATES } from "./updates.ts";

export const PLANTS: Plants = { ...UPDATES, ...DELTAS, ...NETWORKS, ...SERVERS };
