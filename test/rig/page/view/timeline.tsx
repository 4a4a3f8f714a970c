/** The run on one axis. A drag makes every panel show another moment. */
import { useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import { binned, type History, type LaneName, type Mark, type Span } from "../model/history.ts";
import { type Scale, ticksOf } from "../model/scale.ts";
import { clock, lasting } from "../model/text.ts";
import { bounds, cursor, end, even, history, moment } from "./store.tsx";
import { scale, seek, turns, zoom } from "./store.tsx";

const LANES: readonly LaneName[] = ["scenario", "power", "runs", "State", "session"];
/** Share of the axis below which two spans of one lane are drawn as one. */
const THIN = 0.0006;
const BINS = 200;
/** Pixels that a number on the axis needs. */
const TICK_PX = 52;
/** Pixels that a span needs for its label. */
const STATE_PX = 24;
const LABEL_PX = 48;
const FLAG_SHARE = 0.86;
/** Pixels around the axis. */
const AROUND_PX = 120;
/** Pixels of the axis, or near. */
const width = signal(innerWidth - AROUND_PX);
const pointed = signal<number | undefined>(undefined);
addEventListener("resize", () => {
  width.value = innerWidth - AROUND_PX;
});

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

export function Timeline() {
  const run = history();
  const lanes = LANES.filter((name) => name !== "scenario" || run.lanes.scenario.length > 1);
  const axis = scale.value;
  const plot = useRef<HTMLDivElement>(null);
  const timeAt = (event: PointerEvent): number => {
    const box = plot.current?.getBoundingClientRect();
    if (box === undefined) return 0;
    return axis.time((event.clientX - box.left) / box.width);
  };
  return (
    <section class="timeline" aria-label="timeline">
      <div class="names">
        {lanes.map((name) => (
          <i key={name}>{name}</i>
        ))}
        <i>flash</i>
        <button
          type="button"
          class="quiet"
          title="e: by the clock, or with room for every turn"
          onClick={() => {
            even.value = !even.value;
          }}
        >
          {even.value ? "by turns" : "by clock"}
        </button>
      </div>
      <div
        class="plot"
        ref={plot}
        role="slider"
        tabIndex={0}
        aria-label="moment"
        aria-valuemin={Math.round(bounds.value.from)}
        aria-valuemax={Math.round(end.value)}
        aria-valuenow={Math.round(moment.value)}
        aria-valuetext={clock(moment.value)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          seek(timeAt(event));
        }}
        onPointerMove={(event) => {
          pointed.value = timeAt(event);
          if (event.buttons > 0) seek(timeAt(event));
        }}
        onDblClick={zoom}
        onPointerLeave={() => {
          pointed.value = undefined;
        }}
      >
        <Grid axis={axis} />
        {lanes.map((name) => (
          <Lane key={name} name={name} spans={run.lanes[name]} axis={axis} />
        ))}
        <Rate run={run} axis={axis} />
        <Marks marks={run.marks} axis={axis} />
        <Heads axis={axis} />
      </div>
    </section>
  );
}

function Grid({ axis }: { readonly axis: Scale }) {
  const gap = TICK_PX / Math.max(240, width.value);
  const ticks = ticksOf(turns.value, axis, even.value, gap).filter((t) => axis.place(t) < 0.985);
  return (
    <div class="grid">
      {ticks.map((t, i) => (
        <i key={t} class={i === 0 ? "first" : ""} style={{ left: percent(axis.place(t)) }}>
          <span>{t === 0 ? "0 s" : tickText(t)}</span>
        </i>
      ))}
    </div>
  );
}

function tickText(t: number): string {
  if (t >= 60_000) return clock(t);
  return even.value ? (t / 1000).toFixed(2) : `${t / 1000}`;
}

function Lane(props: {
  readonly name: LaneName;
  readonly spans: readonly Span[];
  readonly axis: Scale;
}) {
  const { name, spans, axis } = props;
  const { from: first, to: last } = bounds.value;
  const bars = [];
  let reached = -1;
  for (const [i, span] of spans.entries()) {
    if (span.from >= last || (span.to ?? last) <= first) continue;
    const from = axis.place(span.from);
    const to = axis.place(span.to ?? last);
    if (to - reached < THIN) continue;
    reached = to;
    const room = name === "session" ? 0 : (to - from) * width.value;
    const took = lasting((span.to ?? last) - span.from);
    bars.push(
      <i
        key={i}
        class={`bar ${span.tone} ${span.to === undefined ? "goes" : ""}`}
        style={{ left: percent(from), width: percent(to - from) }}
        title={`${span.title}: ${clock(span.from)}, ${took}`}
      >
        {room >= (name === "State" ? STATE_PX : LABEL_PX) ? span.label : ""}
      </i>,
    );
  }
  return <div class={`lane ${name}`}>{bars}</div>;
}

/** Bytes that came to flash, as columns. */
function Rate({ run, axis }: { readonly run: History; readonly axis: Scale }) {
  const { from, to } = bounds.value;
  const amounts = run.transfer.filter(({ t }) => t >= from && t <= to);
  const sums = binned(amounts, BINS, (t) => axis.place(t) * BINS);
  const most = Math.max(1, ...sums);
  const path = sums
    .map((sum, i) => (sum > 0 ? `M${i} 20v-${(2 + (sum / most) * 16).toFixed(1)}h.8V20z` : ""))
    .join("");
  return (
    <svg class="rate" viewBox={`0 0 ${BINS} 20`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

function Marks({ marks, axis }: { readonly marks: readonly Mark[]; readonly axis: Scale }) {
  const { from, to } = bounds.value;
  return (
    <>
      {marks.map((mark, i) => {
        if (mark.t < from || mark.t > to) return null;
        const at = axis.place(mark.t);
        const side = at > FLAG_SHARE ? "left" : "";
        return (
          <i
            key={i}
            class={`mark ${mark.tone} ${mark.loud ? "loud" : ""} ${side}`}
            style={{ left: percent(at) }}
            title={`${mark.label}: ${clock(mark.t)}`}
          >
            {mark.loud && <span>{mark.label}</span>}
          </i>
        );
      })}
    </>
  );
}

/** Where the page is, and where the pointer is. */
function Heads({ axis }: { readonly axis: Scale }) {
  const at = axis.place(moment.value);
  const over = pointed.value;
  return (
    <>
      {cursor.value !== undefined && (
        <>
          <i class="later" style={{ left: percent(at) }} />
          <i class="now" style={{ left: percent(at) }} />
        </>
      )}
      {over !== undefined && (
        <i
          class={`pointed ${axis.place(over) > 0.9 ? "left" : ""}`}
          style={{ left: percent(axis.place(over)) }}
        >
          <span>{clock(over)}</span>
        </i>
      )}
    </>
  );
}
