/** Who and what is shown, and whether it is now. */
import { stateName } from "../../../../src/objects/fumostate.ts";
import { clock } from "../model/text.ts";
import { type Tone, toneOf, type World } from "../model/world.ts";
import { board, boards, can, chosenBoard, config, cursor, end, follow, give } from "./store.tsx";
import { help, history, link, moment, part, show, world } from "./store.tsx";

const LINKS = {
  connecting: "connecting",
  live: "live",
  lost: "connection lost",
  ended: "ended",
  report: "report",
} as const;

export function Header() {
  const { now } = world.value;
  const { state } = now;
  const name = state === undefined ? "no State yet" : stateName(state);
  return (
    <header>
      <h1>xs-fumo</h1>
      <Board />
      <Scenarios />
      <span class={`pill ${toneOf(state)}`} aria-live="polite" data-test="state">
        {state !== undefined && <b>{state}</b>} {name}
      </span>
      <Running now={now} />
      <Result now={now} />
      <span class="grow" />
      <span class="clock" title="time of the run">
        {clock(moment.value)}
      </span>
      <Where />
      {link.value !== "report" && (
        <a class="button" href="report" title="all of this, as one file">
          Save report
        </a>
      )}
      <button
        type="button"
        class="quiet"
        title="keys (?)"
        aria-label="keys"
        onClick={() => {
          help.value = !help.value;
        }}
      >
        ?
      </button>
    </header>
  );
}

function Board() {
  const all = boards.value;
  if (all.length < 2)
    return (
      <span class="dim" title={config.value.command}>
        {board.value === "" ? "" : `board ${board.value}`}
      </span>
    );
  return (
    <select
      aria-label="board"
      value={board.value}
      onChange={({ currentTarget }) => {
        chosenBoard.value = currentTarget.value;
        follow();
      }}
    >
      {all.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

const SIGNS: { readonly [T in Tone]: string } = { good: "✓", bad: "✗", busy: "…", rest: "–" };

/** In a run of many scenarios: all of them, or one. */
function Scenarios() {
  const { scenario: spans } = history().lanes;
  if (spans.length < 2) return null;
  const bad = spans.filter(({ tone }) => tone === "bad").length;
  const chosen = spans.findIndex(({ from }) => from === part.value?.from);
  return (
    <select
      aria-label="scenario"
      class={bad > 0 ? "bad" : ""}
      value={chosen}
      onChange={({ currentTarget }) => {
        const span = spans[Number(currentTarget.value)];
        if (span === undefined) follow();
        else show({ from: span.from, to: span.to ?? end.value });
      }}
    >
      <option value={-1}>
        {spans.length} scenarios{bad > 0 ? `, ${bad} not passed` : ""}
      </option>
      {spans.map(({ label, tone }, i) => (
        <option key={i} value={i}>
          {SIGNS[tone]} {label}
        </option>
      ))}
    </select>
  );
}

function Running({ now }: { readonly now: World }) {
  const { boot, power } = now;
  if (power === false)
    return (
      <span class="fact bad" data-test="running">
        no power
      </span>
    );
  if (boot === undefined) return <span class="fact dim">{power === true ? "starts" : ""}</span>;
  return (
    <span class="fact" data-test="running">
      runs <b>{boot.version}</b> from slot {boot.slot.toUpperCase()}
      {boot.trial && <span class="busy"> on trial</span>}
    </span>
  );
}

function Result({ now: { result } }: { readonly now: World }) {
  if (result === undefined) return null;
  const good = result.code >= 200 && result.code < 300;
  return (
    <span class={`fact ${good ? "good" : "bad"}`} title={result.text} data-test="result">
      result <b>{result.code}</b>
    </span>
  );
}

function Where() {
  const again = can("update") && (
    <button
      type="button"
      title="the server offers the package again"
      onClick={() => void give({ what: "update" })}
    >
      Update again
    </button>
  );
  if (cursor.value === undefined)
    return (
      <>
        {again}
        <span class={`live ${link.value}`} data-test="link">
          {LINKS[link.value]}
        </span>
      </>
    );
  return (
    <>
      {again}
      <button type="button" class="on" onClick={follow} title="End">
        {link.value === "live" ? "back to now" : "to the end"}
      </button>
    </>
  );
}
