/** How fast the package comes to flash, and how much of it is there. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { binned, History } from "../model/history.ts";
import { share } from "../model/text.ts";
import { history, moment, world } from "./store.tsx";

const HEIGHT_PX = 92;
const BIN_MS = [20, 50, 100, 250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];
/** Columns that a plot has at most. */
const BINS_MAX = 60;

/** Returns seconds and KiB a second, up to a moment. */
function ratesOf(run: History, until: number): [number[], number[]] {
  const amounts = run.transfer.slice(0, History.countAt(run.transfer, until));
  const first = amounts[0]?.from;
  if (first === undefined) return [[], []];
  const last = amounts.at(-1)?.t ?? first;
  const bin = BIN_MS.find((each) => (last - first) / each <= BINS_MAX) ?? 120_000;
  const base = Math.floor(first / bin);
  const sums = binned(amounts, Math.floor(last / bin) - base + 1, (t) => t / bin - base);
  // The plot begins and ends at rest.
  const xs = [base - 1, ...sums.map((_, i) => base + i), base + sums.length];
  const ys = [0, ...sums, 0];
  return [
    xs.map((at) => Math.max(0, (at * bin) / 1000)),
    ys.map((sum) => (sum * 1000) / bin / 1024),
  ];
}

function colour(element: HTMLElement, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

function optionsOf(box: HTMLElement): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => colour(box, "--plot-dim"),
    grid: { stroke: () => colour(box, "--plot-line"), width: 1 },
    ticks: { show: false },
    font: `10.5px ${colour(box, "--mono")}`,
    gap: 4,
  };
  return {
    width: Math.max(120, box.clientWidth),
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: false },
      y: { range: (_, __, max) => [0, Math.max(max, 1) * 1.15] },
    },
    axes: [
      { ...axis, size: 20, values: (_, splits) => splits.map((split) => `${split} s`), space: 56 },
      { ...axis, size: 42, space: 26 },
    ],
    series: [
      {},
      {
        stroke: () => colour(box, "--plot-accent"),
        width: 1.5,
        fill: () => colour(box, "--plot-wash"),
        paths: uPlot.paths.stepped?.({ align: 1 }) ?? (() => null),
        points: { show: false },
      },
    ],
  };
}

export function Transfer() {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const { progress } = world.value.now;
  const data = ratesOf(history(), moment.value);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(element), data, element);
    plot.current = made;
    const watch = new ResizeObserver(() => {
      made.setSize({ width: Math.max(120, element.clientWidth), height: HEIGHT_PX });
    });
    watch.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = (): void => {
      made.redraw();
    };
    scheme.addEventListener("change", redraw);
    return () => {
      watch.disconnect();
      scheme.removeEventListener("change", redraw);
      made.destroy();
    };
  }, []);
  useEffect(() => {
    plot.current?.setData(data);
  });
  const total = progress?.total ?? 0;
  const bytes = progress?.bytes ?? 0;
  const done = total > 0 ? Math.min(1, bytes / total) : 0;
  return (
    <section class="transfer" aria-label="transfer">
      <h2>
        Transfer <small>KiB/s</small>
        <span class="grow" />
        <small data-test="transfer">{total > 0 ? share(bytes, total) : ""}</small>
      </h2>
      <div class="meter">
        <i style={{ width: `${done * 100}%` }} />
      </div>
      <div class="chart" ref={box} />
    </section>
  );
}
