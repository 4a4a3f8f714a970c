/** The modules of the Moddable SDK that this board uses, as far as it uses them. */

declare module "timer" {
  const Timer: { set(callback: () => void, intervalMs: number): unknown };
  export default Timer;
}

declare module "embedded:network/interface/wifi" {
  export default class WiFi {
    constructor(options: { onChanged(this: WiFi): void });
    /**
     * Below 200: idle; below 400: connecting; 400 and more: associated; 500 and more: has an
     * address.
     */
    readonly connection: number;
    readonly address: string | undefined;
    connect(options: { SSID: string; password?: string; secure?: boolean }): void;
    disconnect(): void;
  }
}
