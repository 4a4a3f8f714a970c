/** The messages of OMA DM: what each is for, and one of them as sentences, XML or bytes. */
import { History, type Of } from "../model/history.ts";
import { dumpOf, gistOf, type Readable, readMessage } from "../model/message.ts";
import { type Sentence, sentencesOf, targetOf } from "../model/message.ts";
import { clock } from "../model/text.ts";
import { Rows } from "./rows.tsx";
import { counts, history, picked, type View, view } from "./store.tsx";

type Dm = Of<"dm">;

const ROW_PX = 22;
const LOOK_BACK = 6;
const VIEWS: readonly (readonly [View, string])[] = [
  ["readable", "Readable"],
  ["xml", "XML"],
  ["hex", "Hex"],
];

const read = new WeakMap<Dm, Readable>();

function readableOf(event: Dm): Readable {
  const known = read.get(event);
  if (known !== undefined) return known;
  const readable = readMessage(event.body);
  read.set(event, readable);
  return readable;
}

/** What a Status answers stands in a message of the other side, in the same session. */
function lookupIn(run: History, event: Dm) {
  return (msgRef: string, cmdRef: string): string | undefined => {
    const before = History.countAt(run.messages, event.t);
    for (let i = before - 1; i >= 0; i--) {
      const other = run.messages[i];
      if (other === undefined || other.session !== event.session) break;
      if (other.from === event.from || other.msgID !== msgRef) continue;
      const { message } = readableOf(other);
      return message === undefined ? undefined : targetOf(message, cmdRef);
    }
    return undefined;
  };
}

const said = new WeakMap<Dm, readonly Sentence[]>();

/** What a message answers came before it: it says the same for ever. */
function sentencesIn(run: History, event: Dm): readonly Sentence[] {
  const known = said.get(event);
  if (known !== undefined) return known;
  const { message } = readableOf(event);
  const sentences = message === undefined ? [] : sentencesOf(message, lookupIn(run, event));
  said.set(event, sentences);
  return sentences;
}

/** Returns the last message that does more than answer; else the last. */
function newest(run: History, count: number): number {
  for (let i = count - 1; i >= Math.max(0, count - LOOK_BACK); i--) {
    const event = run.messages[i];
    if (event === undefined) continue;
    if (sentencesIn(run, event).some(({ verb }) => verb !== "Status")) return i;
  }
  return count - 1;
}

export function Messages() {
  const run = history();
  const { messages: count } = counts.value;
  const at = Math.min(picked.value ?? newest(run, count), count - 1);
  const event = run.messages[at];
  return (
    <section class="messages" aria-label="messages">
      <h2>
        Messages <small data-test="messages">{count}</small>
        <span class="grow" />
        <nav>
          {VIEWS.map(([name, label]) => (
            <button
              type="button"
              key={name}
              class={view.value === name ? "on" : ""}
              aria-pressed={view.value === name}
              onClick={() => {
                view.value = name;
              }}
            >
              {label}
            </button>
          ))}
        </nav>
      </h2>
      <div class="two">
        <Rows
          label="list of messages"
          count={count}
          height={ROW_PX}
          {...(picked.value === undefined ? {} : { show: at })}
          row={(index) => <Row key={index} run={run} index={index} on={index === at} />}
        />
        <div class="detail" data-test="message">
          {event === undefined ? (
            <p class="none">No message yet.</p>
          ) : (
            <Detail run={run} event={event} />
          )}
        </div>
      </div>
    </section>
  );
}

function Row(props: { readonly run: History; readonly index: number; readonly on: boolean }) {
  const { run, index, on } = props;
  const event = run.messages[index];
  if (event === undefined) return null;
  const before = run.messages[index - 1];
  const fresh = before?.session !== event.session;
  const up = event.from === "device";
  const gist = gistOf(sentencesIn(run, event));
  return (
    <button
      type="button"
      class={`row ${up ? "up" : "down"} ${on ? "on" : ""} ${fresh ? "fresh" : ""}`}
      style={{ height: `${ROW_PX}px` }}
      title={`${up ? "device to server" : "server to device"}, ${clock(event.t)}`}
      onClick={() => {
        picked.value = index;
      }}
    >
      <span class="session">{fresh ? event.session : ""}</span>
      <span class="arrow">{up ? "↑" : "↓"}</span>
      <span class="n">{event.msgID ?? "?"}</span>
      <span class="sum">
        {gist.length === 0 && <span>{event.text}</span>}
        {gist.map(([verb, what]) => (
          <span key={verb}>
            <b class={verb === "Status" ? codeTone(Number.parseInt(what, 10)) : ""}>{verb}</b>{" "}
            {what}{" "}
          </span>
        ))}
      </span>
    </button>
  );
}

function codeTone(code: number | undefined): string {
  if (code === undefined || !(code > 0)) return "";
  return code < 300 ? "good" : "bad";
}

function Detail({ run, event }: { readonly run: History; readonly event: Dm }) {
  const readable = readableOf(event);
  const way = event.from === "device" ? "device → server" : "server → device";
  return (
    <>
      <div class="about">
        <span>
          {way} · session {event.session ?? "?"} · message {event.msgID ?? "?"}
        </span>
        <span>
          {event.encoding === "wbxml" ? "WBXML" : "XML"} · {event.bytes} bytes · {clock(event.t)}
        </span>
      </div>
      {view.value === "readable" && <Sentences run={run} event={event} readable={readable} />}
      {view.value === "xml" && (
        <pre class="xml">
          {readable.problems.map(({ offset, reason }) => (
            <div class="bad" key={offset}>{`byte ${offset}: ${reason}`}</div>
          ))}
          <Xml text={readable.xml} />
        </pre>
      )}
      {view.value === "hex" && <pre class="hex">{dumpOf(readable.bytes)}</pre>}
    </>
  );
}

const MANY = 3;

function Sentences(props: {
  readonly run: History;
  readonly event: Dm;
  readonly readable: Readable;
}) {
  const { run, event, readable } = props;
  const all = sentencesIn(run, event);
  const commands = all.filter(({ verb }) => verb !== "Status");
  const statuses = new Map<number, string[]>();
  for (const { verb, code = 0, what } of all)
    if (verb === "Status") statuses.set(code, [...(statuses.get(code) ?? []), what]);
  return (
    <ul class="readable">
      {readable.problems.map(({ offset, reason }) => (
        <li key={offset} class="bad">{`byte ${offset}: ${reason}`}</li>
      ))}
      {commands.map((sentence, i) => (
        <li key={i}>
          <b>
            {sentence.verb}
            {sentence.code === undefined ? "" : ` ${sentence.code}`}
          </b>
          <span class="uri">{sentence.what}</span>
          {sentence.value !== "" && <q>{sentence.value}</q>}
          {sentence.correlator !== "" && <span class="dim"> correlator {sentence.correlator}</span>}
        </li>
      ))}
      {[...statuses].map(([code, whats]) => (
        <li key={`status ${code}`} class="status">
          <b class={codeTone(code)}>Status {code}</b>
          {whats.length > MANY ? (
            <details>
              <summary>{whats.length} commands</summary>
              {whats.map((what, i) => (
                <div class="uri" key={i}>
                  {what}
                </div>
              ))}
            </details>
          ) : (
            <span class="uri">{whats.join(", ")}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

const TAG = /(<\/?)([\w:]+)([^>]*>)/g;

function Xml({ text }: { readonly text: string }) {
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(TAG)) {
    const [whole, open = "", name = "", close = ""] = match;
    if (match.index > last) parts.push(<span key={last}>{text.slice(last, match.index)}</span>);
    parts.push(
      <i key={`t${match.index}`}>
        {open}
        <b>{name}</b>
        {close}
      </i>,
    );
    last = match.index + whole.length;
  }
  parts.push(text.slice(last));
  return <>{parts}</>;
}
