/** What a person at the serial console reads when the record changes. */
import { place } from "../base/url.ts";
import type { Description } from "../download/descriptor.ts";
import { REASONS, type Reason } from "./reason.ts";
import type { UpdateRecord } from "./record.ts";

/**
 * A sentence for the step from one record to the next, or undefined when there is nothing to say.
 */
export function sentence(before: UpdateRecord, after: UpdateRecord): string | undefined {
  if (after.phase === before.phase) return undefined;
  switch (after.phase) {
    case "idle":
      return "update idle";
    case "receiving":
      return `receiving a package of ${sizeText(after.size)}`;
    case "downloading":
      return `downloading ${place(after.url ?? "")}${after.thenInstall ? ", then installing" : ""}`;
    case "verifying":
      return `verifying ${sizeText(after.size)}`;
    case "ready":
      return `verified ${sizeText(after.size)}: ${image(after)}`;
    case "proving":
      return `installing ${image(after)}`;
    case "arming":
      return `restarting into the new image, trial ${after.trials}`;
    case "trial":
      return `on trial: ${image(after)}`;
    case "confirming":
      return "the image on trial is healthy; keeping it";
    case "rejecting":
      return "the image on trial is rejected; going back";
    case "succeeded":
      return `updated to ${image(after)}`;
    case "failed": {
      const kept = after.kept ? "; the package is kept" : "";
      return `update failed: ${reasonText(after.reason)}${kept}`;
    }
    case "settled":
      return "every outcome is reported";
  }
}

function reasonText(reason: Reason = "undefined"): string {
  return `${reason}: ${REASONS[reason].text}`;
}

function image(record: UpdateRecord): string {
  return record.version === undefined
    ? "an image that the record does not know"
    : `version ${record.version}, security counter ${record.securityCounter ?? 0}`;
}

/**
 * A package that is there to download, with what its descriptor says of it, if it has one; "" when
 * nothing is known. Size 0: unknown.
 */
export function packageText(size: number, description: Description | undefined): string {
  const { name = "", vendor = "", text = "" } = description ?? {};
  const facts = [
    name === "" || vendor === "" ? name + vendor : `${name} by ${vendor}`,
    size === 0 ? "" : sizeText(size),
    text,
  ];
  return facts.filter((fact) => fact !== "").join(", ");
}

/** So many bytes, for people. */
function sizeText(bytes: number): string {
  if (bytes === 0) return "unknown size";
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576
    ? `${(bytes / 1024).toFixed(1)} KiB`
    : `${(bytes / 1048576).toFixed(1)} MiB`;
}
