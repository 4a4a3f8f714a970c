/** What the device says on its console, and between it what the bench did. */
import type { Line } from "../model/history.ts";
import { clock } from "../model/text.ts";
import { Rows } from "./rows.tsx";
import { counts, filter, history, seek } from "./store.tsx";

const ROW_PX = 18;
const LINE = /^\[\s*(\d+\.\d+)\] ([EWID]) (\w+): (.*)$/;

export function Console() {
  const run = history();
  const { lines: count } = counts.value;
  const wanted = filter.value.toLowerCase();
  const shown: readonly Line[] | undefined =
    wanted === ""
      ? undefined
      : run.lines.slice(0, count).filter(({ text }) => text.toLowerCase().includes(wanted));
  const total = shown?.length ?? count;
  return (
    <section class="console" aria-label="console">
      <h2>
        Console <small>{wanted === "" ? count : `${total} of ${count}`} lines</small>
        <span class="grow" />
        <input
          id="filter"
          type="search"
          placeholder="filter  /"
          aria-label="filter"
          value={filter.value}
          onInput={({ currentTarget }) => {
            filter.value = currentTarget.value;
          }}
        />
      </h2>
      <Rows
        label="lines of the console"
        class="lines"
        count={total}
        height={ROW_PX}
        row={(index) => {
          const line = (shown ?? run.lines)[index];
          return line === undefined ? null : <OneLine key={index} line={line} />;
        }}
      />
    </section>
  );
}

function OneLine({ line }: { readonly line: Line }) {
  const { text, from, t } = line;
  const go = { onDblClick: () => seek(t), title: clock(t) };
  if (from === "bench")
    return (
      <div class="line bench" {...go}>
        {text}
      </div>
    );
  const [, time, level, source, rest] = LINE.exec(text) ?? [];
  if (time === undefined)
    return (
      <div class="line" {...go}>
        {text}
      </div>
    );
  return (
    <div class={`line ${level}`} {...go}>
      <i>{time}</i> <b>{source}</b> {rest}
    </div>
  );
}
