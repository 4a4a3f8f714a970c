/**
 * Alerts (OMA-TS-DM-Protocol §2.3.7, §2.5, §4.2): what the server may alert, and the generic
 * alerts of the device.
 */
import { utf8 } from "../base/utf8.ts";
import { AlertCode, type GenericAlert } from "../syncml/alert.ts";
import type { AlertCommand } from "../syncml/command.ts";
import { Status } from "../syncml/status.ts";
import type { Outgoing } from "./outgoing.ts";
import type { SessionPorts } from "./ports.ts";

/**
 * The Status of an Alert from the server: nobody is there to be shown anything, and no other alert
 * is a server's to send.
 */
export function alertStatus(code: number): number {
  return code === AlertCode.nextMessage || code === AlertCode.noEndOfData
    ? Status.ok
    : Status.notSupported;
}

/** Generic alerts on their way: each is sent once a session, unless package 1 is sent again. */
export class GenericAlerts {
  readonly #ports: SessionPorts;
  #sent: number[] = [];

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  /** Queues those that this session has not sent yet. */
  queue(outgoing: Outgoing): void {
    const alerts = this.#ports.alerts();
    this.#sent = this.#sent.filter((id) => alerts.some((alert) => alert.id === id));
    for (const alert of alerts) {
      if (this.#sent.includes(alert.id)) continue;
      this.#sent.push(alert.id);
      outgoing.request(genericAlert(alert), alert.id);
    }
  }

  /** Package 1 begins again: what was sent before counts as not sent. */
  again(): void {
    this.#sent = [];
  }

  /**
   * Takes the server's Status. Any end is an answer, also a refusal: FUMO §10.2.2 has no rule to
   * send again, and a server that refuses once would refuse for ever. After 401, 407 and 1xx the
   * alert stays owed: the server has not looked at it yet.
   */
  answered(id: number, status: number): void {
    if (
      status < 200 ||
      status === Status.invalidCredentials ||
      status === Status.missingCredentials
    )
      return;
    this.#ports.acknowledged(id);
  }
}

function genericAlert({
  type,
  format,
  mark,
  source,
  correlator,
  data,
}: GenericAlert): AlertCommand {
  return {
    name: "Alert",
    cmdID: "",
    data: AlertCode.generic,
    correlator,
    items: [
      { source, meta: { type, format, mark }, data: utf8(data), binary: false, moreData: false },
    ],
  };
}
