/** Events of the servers, in the log of a run. */
import { BODY_BYTES_MAX, type RigEvent, type Source } from "./events/event.ts";
import type { EventLog } from "./events/log.ts";
import { isSecretNode } from "./events/secrets.ts";
import type { EventSink, ServerEvent } from "./server/event.ts";

/** Returns what records the events of a server as the word of `source`. */
export function recorder(log: EventLog, source: Source): EventSink {
  return (event) => {
    const told = toRigEvent(event, log);
    if (told !== undefined) log.emit(told, source);
  };
}

/** What the event is in the log; undefined for what another event there says as well. */
function toRigEvent(event: ServerEvent, log: EventLog): RigEvent | undefined {
  switch (event.kind) {
    case "server":
      return { kind: "note", text: event.text };
    // The value of the node says it.
    case "state":
      return undefined;
    case "message": {
      const { direction, body, kind: _, ...rest } = event;
      const masked = log.secrets.maskedMessage(body);
      return {
        kind: "dm",
        from: direction === "received" ? "device" : "server",
        ...rest,
        bytes: body.length,
        body: masked.toString("base64", 0, Math.min(masked.length, BODY_BYTES_MAX)),
      };
    }
    case "value":
      return isSecretNode(event.uri) ? { ...event, value: "*".repeat(event.value.length) } : event;
    case "alert": {
      const { source: uri, ...rest } = event;
      return { ...rest, uri };
    }
    default:
      return event;
  }
}
