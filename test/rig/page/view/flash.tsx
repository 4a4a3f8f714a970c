/** The flash, block by block: what is programmed, torn, and how often it was erased. */
import { bytesText } from "../model/text.ts";
import type { Cell, PartitionNow, World } from "../model/world.ts";
import { history, world } from "./store.tsx";

const NAMES: { readonly [name: string]: string } = {
  boot: "boot log",
  store: "store",
  a: "slot A",
  b: "slot B",
};
const ORDER = Object.keys(NAMES);
/** What was touched so recently is marked, ms of the run. */
const RECENT_MS = 150;
/** Larger partitions have blocks put together. */
const CELLS_MAX = 128;
/** The end of a slot that no update reaches is not drawn; what is, has so many blocks or twice. */
const ROUND = 32;
/** Small ones show how often each block was erased. */
const NUMBERED_MAX = 16;

export function Flash() {
  const { now } = world.value;
  const parts = [...now.partitions.values()].sort(
    (one, other) => ORDER.indexOf(one.name) - ORDER.indexOf(other.name),
  );
  return (
    <section class="flash" aria-label="flash">
      <h2>
        Flash
        <small data-test="operations">
          {now.operations > 0 ? `${now.operations} operations` : ""}
        </small>
      </h2>
      {parts.map((part) => (
        <Part key={part.name} part={part} now={now} />
      ))}
      {parts.length === 0 && <Counted now={now} />}
      {parts.length > 0 && (
        <p class="key">
          <i style={{ "--f": "100%" }} /> programmed <i /> erased <i class="torn" /> torn{" "}
          <i class="hot" style={{ "--f": "60%" }} /> just now
        </p>
      )}
    </section>
  );
}

function roleOf(name: string, now: World, touched: boolean): string {
  const { boot, ran } = now;
  if (boot?.slot === name) return `runs ${boot.version}${boot.trial ? " on trial" : ""}`;
  const version = ran.get(name);
  if (version !== undefined) return `holds ${version}`;
  return name.length === 1 && touched ? "staging" : "";
}

function Part({ part, now }: { readonly part: PartitionNow; readonly now: World }) {
  const { name, blocks, blockLength } = part;
  const shown = Math.min(blocks, Math.ceil(Math.max(1, history().reach) / ROUND) * ROUND);
  const rest = (blocks - shown) * blockLength;
  const cells = grouped(part.cells.slice(0, shown));
  const used = part.cells.reduce((sum, { fill }) => sum + fill, 0) * blockLength;
  const most = part.cells.reduce((max, { erases }) => Math.max(max, erases), 0);
  const runs = now.boot?.slot === name;
  const touched = part.cells.some(({ at }) => at >= 0);
  return (
    <div class={`part ${runs ? "runs" : ""}`} data-test={`part-${name}`}>
      <div class="cap">
        <b>{NAMES[name] ?? name}</b>
        <span class="role">{roleOf(name, now, touched)}</span>
        <span class="grow" />
        <span title={rest > 0 ? `the last ${bytesText(rest)} are never used, and not drawn` : ""}>
          {bytesText(used)} of {bytesText(blocks * blockLength)}
        </span>
        {most > 0 && <span title="the most that a block was erased in this run">{most}×</span>}
      </div>
      <div class={`cells ${cells.length > NUMBERED_MAX ? "many" : ""}`}>
        {cells.map((cell, i) => (
          <i
            key={i}
            class={`${cell.torn ? "torn" : ""} ${isRecent(cell.at, now.t) ? "hot" : ""}`}
            style={{ "--f": `${Math.round(cell.fill * 100)}%` }}
            title={titleOf(cell, i, shown / cells.length, blockLength)}
          >
            {blocks <= NUMBERED_MAX && cell.erases > 0 ? cell.erases : ""}
          </i>
        ))}
      </div>
    </div>
  );
}

/** Tells whether what happened at `at` is marked at `now`, ms of the run; `at` is -1 for never. */
function isRecent(at: number, now: number): boolean {
  return at >= 0 && now - at < RECENT_MS;
}

function titleOf(cell: Cell, index: number, each: number, blockLength: number): string {
  const first = Math.round(index * each);
  const name = each > 1 ? `blocks ${first} to ${Math.round(first + each - 1)}` : `block ${first}`;
  const at = `0x${(first * blockLength).toString(16)}`;
  const torn = cell.torn ? ", torn: power failed in it" : "";
  const percent = Math.round(cell.fill * 100);
  return `${name} at ${at}: ${percent} % programmed, erased ${cell.erases}×${torn}`;
}

/** Returns the cells, so many put together that the list is short. */
function grouped(cells: readonly Cell[]): readonly Cell[] {
  const each = Math.ceil(cells.length / CELLS_MAX);
  if (each <= 1) return cells;
  const groups: Cell[] = [];
  for (let at = 0; at < cells.length; at += each) {
    const some = cells.slice(at, at + each);
    groups.push({
      fill: some.reduce((sum, { fill }) => sum + fill, 0) / some.length,
      erases: Math.max(...some.map(({ erases }) => erases)),
      torn: some.some(({ torn }) => torn),
      at: Math.max(...some.map((cell) => cell.at)),
    });
  }
  return groups;
}

/** A board whose operations nobody sees says at its end what they were. */
function Counted({ now }: { readonly now: World }) {
  const slots = ["a", "b"].map((name) => ({ name, role: roleOf(name, now, false) }));
  return (
    <>
      {slots.map(({ name, role }) => (
        <div
          class={`slot ${now.boot?.slot === name ? "runs" : ""}`}
          key={name}
          data-test={`part-${name}`}
        >
          <b>{NAMES[name]}</b>
          <span class="role">{role === "" ? "not run yet" : role}</span>
        </div>
      ))}
      {now.counts.size > 0 && (
        <table class="counts">
          <thead>
            <tr>
              <th>partition</th>
              <th>writes</th>
              <th>bytes</th>
              <th>erases</th>
            </tr>
          </thead>
          <tbody>
            {[...now.counts].map(([name, { writes, bytes, erases }]) => (
              <tr key={name}>
                <td>{name}</td>
                <td>{writes}</td>
                <td>{bytesText(bytes)}</td>
                <td>{erases}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="none">This board does not show its blocks.</p>
    </>
  );
}
