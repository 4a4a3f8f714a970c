/** The page: what feeds it, and its panels. */
import { effect } from "@preact/signals";
import { render } from "preact";
import type { Recorded } from "../../events/event.ts";
import type { PageConfig } from "../model/order.ts";
import { Console } from "./console.tsx";
import { Faults } from "./faults.tsx";
import { Flash } from "./flash.tsx";
import { Header } from "./header.tsx";
import { Help, listen } from "./keys.tsx";
import { Messages } from "./messages.tsx";
import { board, config, cursor, end, link, picked, playing, seek, take } from "./store.tsx";
import { view } from "./store.tsx";
import { Timeline } from "./timeline.tsx";
import { Transfer } from "./transfer.tsx";
import { Tree } from "./tree.tsx";

function Page() {
  return (
    <>
      <Header />
      <Timeline />
      <main>
        <div class="col wide">
          <Messages />
          <Console />
        </div>
        <div class="col">
          <Flash />
          <Transfer />
          <Faults />
        </div>
        <div class="col last">
          <Tree />
        </div>
      </main>
      <Help />
    </>
  );
}

/** Events of a file: they stand in the page, one a line. */
function readReport(element: HTMLElement): void {
  const lines = (element.textContent ?? "").split("\n").filter((line) => line.trim() !== "");
  take(lines.map((line) => JSON.parse(line) as Recorded));
  link.value = "report";
}

/** Events of a rig that runs. What comes at once is drawn at once. */
function readLive(): void {
  const source = new EventSource("events");
  let queue: Recorded[] = [];
  source.onopen = () => {
    link.value = "live";
  };
  source.onerror = () => {
    if (link.value !== "ended") link.value = "lost";
  };
  source.onmessage = ({ data }: MessageEvent<string>) => {
    queue.push(JSON.parse(data) as Recorded);
    if (queue.length > 1) return;
    setTimeout(() => {
      const events = queue;
      queue = [];
      take(events);
    }, 16);
  };
  source.addEventListener("done", () => {
    source.close();
    link.value = "ended";
  });
}

/** While it plays, the moment goes on as fast as the run went. */
function animate(): void {
  let last = 0;
  const frame = (now: number): void => {
    if (!playing.value) return;
    const next = (cursor.value ?? end.value) + Math.min(100, now - last);
    last = now;
    if (next >= end.value) {
      playing.value = false;
      seek(end.value);
    } else cursor.value = next;
    requestAnimationFrame(frame);
  };
  effect(() => {
    if (!playing.value) return;
    last = performance.now();
    requestAnimationFrame(frame);
  });
}

/** `#t=2800&view=hex&message=3`: a link to a moment. */
function readHash(): void {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const named = wanted.get("view");
  if (named === "xml" || named === "hex" || named === "readable") view.value = named;
  const stop = effect(() => {
    if (end.value === 0) return;
    queueMicrotask(() => {
      stop();
      if (wanted.has("t")) seek(Number(wanted.get("t")));
      if (wanted.has("message")) picked.value = Number(wanted.get("message"));
    });
  });
}

const told = document.getElementById("config")?.textContent;
if (told) config.value = JSON.parse(told) as PageConfig;
const events = document.getElementById("events");
readHash();
if (events === null) readLive();
else readReport(events);
effect(() => {
  document.title = board.value === "" ? "xs-fumo" : `xs-fumo · ${board.value}`;
});
listen();
animate();
const root = document.getElementById("page");
if (root !== null) render(<Page />, root);
