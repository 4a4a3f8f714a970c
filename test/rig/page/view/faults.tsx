/** Faults that the rig makes at the press of a button, and those that there were. */
import { signal } from "@preact/signals";
import { FAULTS, type Order, shellLine } from "../model/order.ts";
import { clock } from "../model/text.ts";
import { answer, bounds, can, config, give, history, link, moment, seek, world } from "./store.tsx";

/** The order whose line is shown: the last that was pointed at. */
const pointed = signal<Order>({ what: "power", on: false });

interface ActProps {
  readonly name: string;
  readonly says: string;
  readonly order: Order;
  readonly class?: string;
}

function Act({ name, says, order, class: kind = "" }: ActProps) {
  const point = (): void => {
    pointed.value = order;
  };
  return (
    <button
      type="button"
      class={kind}
      title={says}
      onMouseEnter={point}
      onFocus={point}
      onClick={() => {
        point();
        void give(order);
      }}
    >
      {name}
    </button>
  );
}

export function Faults() {
  const live = can("power") || can("fault");
  return (
    <section class="faults" aria-label="faults">
      <h2>Faults {!live && <small>of this run</small>}</h2>
      {live ? <Buttons /> : <Happened />}
    </section>
  );
}

function Buttons() {
  const { power } = world.value.now;
  return (
    <>
      {can("power") && (
        <div class="group">
          <span>Power</span>
          <div class="buttons">
            <Act
              name="Cut power"
              class="danger"
              says="The device loses its power now, whatever it does."
              order={{ what: "power", on: false }}
            />
            <Act
              name="Power on"
              class={power === false ? "wanted" : ""}
              says="The device gets power again."
              order={{ what: "power", on: true }}
            />
          </div>
        </div>
      )}
      {can("fault") &&
        FAULTS.map(({ group, buttons }) => (
          <div class="group" key={group}>
            <span>{group}</span>
            <div class="buttons">
              {buttons.map((button) => (
                <Act key={button.name} {...button} />
              ))}
            </div>
          </div>
        ))}
      <Line />
    </>
  );
}

/** The command line that does what the button does, and what the rig said. */
function Line() {
  const order = pointed.value;
  const said = answer.value;
  const shell = shellLine(location.href.split("#")[0] ?? "", order);
  const line = order.what === "fault" ? `${config.value.command} --fault ${order.word}` : shell;
  return (
    <div class="line-of">
      <div class="line-and">
        <code data-test="line" title={line}>
          {line}
        </code>
        <button
          type="button"
          class="quiet"
          title="copy the line"
          onClick={() => void navigator.clipboard.writeText(line)}
        >
          Copy
        </button>
      </div>
      <p class={said?.ok === false ? "bad" : ""} role="status" data-test="answer">
        {said?.text ?? ""}
      </p>
    </div>
  );
}

/** What went wrong on purpose, in a report: a click goes there. */
function Happened() {
  const { from, to } = bounds.value;
  const marks = history().marks.filter(
    ({ tone, t }) => (tone === "bad" || tone === "busy") && t >= from && t <= to,
  );
  return (
    <ul class="happened">
      {marks.map(({ t, label, tone }, i) => (
        <li key={i} class={t > moment.value ? "dim" : ""}>
          <button type="button" class="quiet" onClick={() => seek(t)}>
            <span class="t">{clock(t)}</span> <span class={tone}>{label}</span>
          </button>
        </li>
      ))}
      {marks.length === 0 && (
        <li class="none">{link.value === "report" ? "There were none." : "None yet."}</li>
      )}
    </ul>
  );
}
