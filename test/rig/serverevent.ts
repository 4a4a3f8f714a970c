/** Events of the servers in the words of the event log. */
import type { RigEvent } from "./events.ts";
import type { ServerEvent } from "./server/event.ts";

/**
 * What the server saw, in the words of the event log. The device's own word on State and messages
 * is the one that is shown.
 */
export function toRigEvent(event: ServerEvent): RigEvent | undefined {
  switch (event.kind) {
    case "server":
    case "warning":
    case "progress":
    case "result":
      return event;
    case "message":
      return { kind: "server", text: `${event.direction} ${event.text}` };
    case "state":
      return { kind: "server", text: `State ${event.state}` };
    case "value":
      return { kind: "server", text: `${event.uri} is ${event.value}` };
    case "command":
      return { kind: "server", text: `${event.name} ${event.uri} was answered ${event.status}` };
    case "alert":
      return { kind: "server", text: `alert ${event.type} from ${event.source}: ${event.data}` };
    case "download":
      return { kind: "server", text: `download reported: ${event.text}` };
    case "fault":
      return { kind: "server", text: `fault: ${event.what}` };
    case "request":
      return {
        kind: "server",
        text: `${event.method} ${event.url} ${event.range}: ${event.status}`,
      };
  }
}
