/** A list that draws the rows that are seen alone, and stays at its end while it grows. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface RowsProps {
  readonly count: number;
  /** Height of each row, in pixels. */
  readonly height: number;
  readonly label: string;
  readonly class?: string;
  readonly row: (index: number) => ComponentChildren;
  /** A row that must be seen. */
  readonly show?: number;
}

const SPARE = 8;
const NEAR_END = 6;

export function Rows({ count, height, label, class: name = "", row, show }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [top, setTop] = useState(0);
  const [room, setRoom] = useState(400);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => setRoom(element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (show !== undefined) {
      const above = show * height;
      const hidden = above < element.scrollTop || above + height > element.scrollTop + room;
      if (hidden) element.scrollTop = above - room / 2;
    } else if (atEnd.current) element.scrollTop = count * height;
  }, [count, height, room, show]);
  const scrolled = (): void => {
    const element = box.current;
    if (element === null) return;
    atEnd.current =
      element.scrollTop + element.clientHeight >= element.scrollHeight - height - NEAR_END;
    setTop(element.scrollTop);
  };
  const first = Math.max(0, Math.min(Math.floor(top / height) - SPARE, count - 1));
  const last = Math.min(count, Math.ceil((top + room) / height) + SPARE);
  const indices = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  return (
    <div class={`rows ${name}`} ref={box} onScroll={scrolled} role="log" aria-label={label}>
      <div class="all" style={{ height: `${count * height}px` }}>
        <div class="seen" style={{ transform: `translateY(${first * height}px)` }}>
          {indices.map((index) => row(index))}
        </div>
      </div>
    </div>
  );
}
