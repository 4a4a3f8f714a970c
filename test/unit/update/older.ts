/**
 * How firmware reads an update record that is older than the mark `exposed`, the slot of a ticket
 * and the reasons `fellBack` and `quarantined`: after a rollback it finds what newer firmware
 * wrote. A copy of what it did, which is not to be kept in step with anything.
 */
const PHASES = [
  "idle",
  "receiving",
  "downloading",
  "verifying",
  "ready",
  "arming",
  "restarting",
  "trial",
  "committing",
  "reverting",
  "succeeded",
  "failed",
  "settled",
];
const REASONS = [
  "succeeded",
  "corrupt",
  "mismatch",
  "untrusted",
  "unacceptable",
  "tooLarge",
  "cancelled",
  "authentication",
  "timeout",
  "badURL",
  "serverUnavailable",
  "serverError",
  "network",
  "reverted",
  "failedBefore",
  "noMemory",
  "flash",
  "undefined",
  "badDescriptor",
  "descriptorVersion",
];

type Fields = { readonly [field: string]: unknown };

/** The record as older firmware has it, from what is stored. */
export function readByOlder(stored: string): Fields {
  const value = JSON.parse(stored) as Fields;
  const known: Record<string, unknown> = {
    v: 1,
    phase: PHASES.find((name) => name === value["phase"]) ?? "trial",
    object: string(value["object"]) ?? "",
    thenInstall: value["thenInstall"] === true,
    installing: value["installing"] === true,
    kept: value["kept"] === true,
    tickets: owed(value["tickets"], (fields) =>
      count(fields["id"]) === undefined || string(fields["owner"]) === undefined
        ? undefined
        : { id: fields["id"], owner: fields["owner"] },
    ),
    notices: owed(value["notices"], (fields) =>
      string(fields["url"]) === undefined
        ? undefined
        : { url: fields["url"], attempt: count(fields["attempt"]) ?? 0 },
    ),
  };
  for (const name of ["generation", "size", "attempt", "rewinds", "crashes", "trials", "restarts"])
    known[name] = count(value[name]) ?? 0;
  known["nextTicket"] = count(value["nextTicket"]) ?? 1;
  for (const name of ["url", "validator", "digest", "version"])
    if (string(value[name]) !== undefined) known[name] = value[name];
  for (const name of ["slot", "target", "securityCounter"])
    if (count(value[name]) !== undefined) known[name] = value[name];
  if (value["described"] === true) known["described"] = true;
  if (value["agreed"] === "downloading" || value["agreed"] === "arming")
    known["agreed"] = value["agreed"];
  if (value["reason"] !== undefined) known["reason"] = reason(value["reason"]);
  return known;
}

function owed(value: unknown, read: (fields: Fields) => object | undefined): readonly object[] {
  const found: object[] = [];
  for (const item of Array.isArray(value) ? (value as unknown[]) : []) {
    if (typeof item !== "object" || item === null) continue;
    const fields = item as Fields;
    const one = read(fields);
    if (one === undefined) continue;
    found.push(fields["reason"] === undefined ? one : { ...one, reason: reason(fields["reason"]) });
  }
  return found;
}

function reason(value: unknown): string {
  return REASONS.find((name) => name === value) ?? "undefined";
}

function string(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
