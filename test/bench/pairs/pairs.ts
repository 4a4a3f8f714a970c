/**
 * The pairs of builds whose deltas the bench weighs. A pair is a release, and the next one. Changes
 * are kept as texts that are found in the source of today, so each pair is one of today's builds.
 */
import type { Edit } from "./change.ts";

export interface Pair {
  readonly what: string;
  /** Makes the release that devices run of the source. */
  readonly before: readonly Edit[];
  /** Makes the next one of the source. */
  readonly after: readonly Edit[];
  /** Bytes that the delta may take. */
  readonly limit: number;
}

/** A word in what is logged. */
const STRING: readonly Edit[] = [
  {
    file: "src/client/bootstraps.ts",
    find: '"nobody can be asked for a PIN"',
    replace: '"there is nobody who could be asked for a PIN"',
  },
];

/** One more statement in a method. */
const STATEMENT: readonly Edit[] = [
  {
    file: "src/client/client.ts",
    find: "    const { mended } = store.stats();\n",
    replace: `    const { mended } = store.stats();
    if (trial) this.#hal.log("info", "client", "waits for its server to confirm it");
`,
  },
];

/** One more statement in each of five functions of C. */
const STATEMENTS_IN_C: readonly Edit[] = [
  {
    file: "hal/common/net/connection.c",
    find: "  self->socket = socketOpen(host, port, kind);\n",
    replace: `  if (!host[0])
    port = 0;
  self->socket = socketOpen(host, port, kind);
`,
  },
  {
    file: "hal/bare/partitions.c",
    find: "  uint32_t room[PROGRAM_BYTES / 4];\n",
    replace: `  uint32_t room[PROGRAM_BYTES / 4];
  if (offset % partition->writeAlign)
    return 0;
`,
  },
  {
    file: "hal/bare/board.c",
    find: '  if (!strcmp(name, "store"))\n',
    replace: `  if (!name[0])
    return "flash: a partition without a name";
  if (!strcmp(name, "store"))
`,
  },
  {
    file: "hal/common/boot/select.c",
    find: "  uint32_t confirmed = 0;\n  BootImage kept;\n",
    replace: `  uint32_t confirmed = 0;
  BootImage kept;
  if (slot > 1)
    return "no such slot";
`,
  },
  {
    file: "hal/bare/panic.c",
    find: '  printf("  called from %08lx\\n", (unsigned long)trap->caller);\n',
    replace: `  printf("  called from %08lx\\n", (unsigned long)trap->caller);
  printf("  stack pointer %08lx\\n", (unsigned long)trap->stack);
`,
  },
];

/** What the release before lacks: bootstrap messages of the older profile, with their modules. */
const WITHOUT_CLIENT_PROVISIONING: readonly Edit[] = [
  {
    file: "src/client/bootstraps.ts",
    find: 'import { cpAccounts } from "../push/cpaccounts.ts";\n',
    replace: "",
  },
  {
    file: "src/client/bootstraps.ts",
    find: 'import { readCp } from "../push/cp.ts";\n',
    replace: "",
  },
  {
    file: "src/client/bootstraps.ts",
    find: `    const document = type === CP_TYPE ? readCp(body) : undefined;
    const found =
      document === undefined
        ? dmAccounts(body.slice())
        : "problem" in document
          ? document
          : cpAccounts(document);
`,
    replace: `    if (type === CP_TYPE) return "it is of a profile that this device does not know";
    const found = dmAccounts(body.slice());
`,
  },
];

const AS_IT_IS: readonly Edit[] = [];

export const PAIRS: readonly Pair[] = [
  { what: "a string in TypeScript", before: AS_IT_IS, after: STRING, limit: 2000 },
  { what: "a statement in TypeScript", before: AS_IT_IS, after: STATEMENT, limit: 11_500 },
  { what: "five statements in C", before: AS_IT_IS, after: STATEMENTS_IN_C, limit: 5200 },
  {
    what: "a release's worth of changes",
    before: WITHOUT_CLIENT_PROVISIONING,
    after: [...STRING, ...STATEMENT, ...STATEMENTS_IN_C],
    limit: 100_000,
  },
];
