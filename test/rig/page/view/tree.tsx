/** The management tree as the server has read it; what it has not read can be asked for. */
import { signal } from "@preact/signals";
import type { TreeNode, World } from "../model/world.ts";
import { can, give, world } from "./store.tsx";

/** What came so recently is marked, ms of the run. */
const RECENT_MS = 600;
const INDENT_PX = 13;
const EXECUTABLE = /\/(Update|Download|DownloadAndUpdate)$/;
/** The node whose value is being written. */
const writing = signal<string | undefined>(undefined);
const asked = signal("");

/** A node that was not read, but one below it was. */
const PARENT: TreeNode = { value: "", interior: true, at: -1 };

/** Returns the nodes and all above them, each before those below it. */
function withParents(uris: readonly string[]): readonly string[] {
  const all = new Set(uris);
  for (const uri of uris) {
    const parts = uri.split("/");
    for (let length = 2; length < parts.length; length++) all.add(parts.slice(0, length).join("/"));
  }
  all.delete(".");
  const order = (uri: string): string => uri.replaceAll("/", "\0");
  return [...all].sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

export function Tree() {
  const { now } = world.value;
  const uris = withParents([...now.tree.keys()]);
  return (
    <section class="tree" aria-label="management tree">
      <h2>
        Management tree <small>as the server has read it</small>
      </h2>
      <ul>
        {uris.map((uri) => {
          const node = now.tree.get(uri) ?? PARENT;
          return <Node key={uri} uri={uri} node={node} now={now} />;
        })}
        {uris.length === 0 && <li class="none">Nothing has been read yet.</li>}
      </ul>
      {can("command") && <Ask />}
      <p class="foot" data-test="command">
        {now.command === undefined
          ? "no command yet"
          : `${now.command.name} ${now.command.uri} → ${now.command.status}`}
      </p>
    </section>
  );
}

function Node(props: { readonly uri: string; readonly node: TreeNode; readonly now: World }) {
  const { uri, node, now } = props;
  const parts = uri.split("/");
  const fresh = node.at >= 0 && now.t - node.at < RECENT_MS;
  const deep = Math.max(0, parts.length - 2);
  const orders = can("command");
  return (
    <li
      class={`${fresh ? "fresh" : ""} ${node.interior ? "interior" : ""}`}
      title={uri}
      data-uri={uri}
    >
      <span class="name" style={{ paddingLeft: `${deep * INDENT_PX}px` }}>
        {parts.at(-1)}
      </span>
      {writing.value === uri && orders ? (
        <Write uri={uri} node={node} />
      ) : (
        <>
          <span class="value">{node.value ?? <i>not read</i>}</span>
          {orders && <Acts uri={uri} node={node} />}
        </>
      )}
    </li>
  );
}

function Acts({ uri, node }: { readonly uri: string; readonly node: TreeNode }) {
  return (
    <span class="acts">
      <button type="button" onClick={() => void give({ what: "command", name: "Get", uri })}>
        Get
      </button>
      {!node.interior && !EXECUTABLE.test(uri) && (
        <button
          type="button"
          onClick={() => {
            writing.value = uri;
          }}
        >
          Replace
        </button>
      )}
      {EXECUTABLE.test(uri) && (
        <button type="button" onClick={() => void give({ what: "command", name: "Exec", uri })}>
          Exec
        </button>
      )}
    </span>
  );
}

function Write({ uri, node }: { readonly uri: string; readonly node: TreeNode }) {
  return (
    <form
      class="write"
      onSubmit={(event) => {
        event.preventDefault();
        const value = String(new FormData(event.currentTarget).get("value") ?? "");
        writing.value = undefined;
        void give({ what: "command", name: "Replace", uri, value });
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") writing.value = undefined;
      }}
    >
      <input
        name="value"
        defaultValue={node.value ?? ""}
        aria-label={`new value of ${uri}`}
        ref={(input) => input?.focus()}
      />
      <button type="submit">Replace</button>
    </form>
  );
}

/** A node that the page does not show yet. */
function Ask() {
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        const uri = asked.value.trim();
        if (uri !== "") void give({ what: "command", name: "Get", uri });
      }}
    >
      <input
        placeholder="./DevDetail/…"
        aria-label="URI of a node"
        value={asked.value}
        onInput={({ currentTarget }) => {
          asked.value = currentTarget.value;
        }}
      />
      <button type="submit">Get</button>
    </form>
  );
}
