/** How the engine fetches a package: the port of src/download with the engine's reasons. */
import type { DownloadEvent, DownloadSink, DownloadSource } from "../download/port.ts";
import type { Reason } from "./reason.ts";

export type FetchSource = DownloadSource;
export type FetchSink = DownloadSink<Reason>;
export type FetchEvent = DownloadEvent<Reason>;

export interface Fetcher {
  start(source: FetchSource): void;
  step(now: number, sink: FetchSink): FetchEvent;
  stop(): void;
}
