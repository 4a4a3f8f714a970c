/** What the bench of the bare-metal board has it do: updates, and sessions of ten Gets. */
import type { Encoding } from "../../../src/session/encoding.ts";
import type { ScenarioName } from "../../rig/server/scenario.ts";

export interface Case {
  readonly what: ScenarioName | "gets";
  readonly encoding: Encoding;
  readonly https: boolean;
}

/** By name. Downloads take their orders in XML. */
export const CASES = {
  "replace-xml-http": { what: "replace", encoding: "xml", https: false },
  "replace-xml-https": { what: "replace", encoding: "xml", https: true },
  "replace-wbxml-http": { what: "replace", encoding: "wbxml", https: false },
  "replace-wbxml-https": { what: "replace", encoding: "wbxml", https: true },
  "download-http": { what: "download", encoding: "xml", https: false },
  "download-https": { what: "download", encoding: "xml", https: true },
  "download-and-update-http": { what: "download-and-update", encoding: "xml", https: false },
  "download-and-update-https": { what: "download-and-update", encoding: "xml", https: true },
  "gets-xml-http": { what: "gets", encoding: "xml", https: false },
  "gets-xml-https": { what: "gets", encoding: "xml", https: true },
  "gets-wbxml-http": { what: "gets", encoding: "wbxml", https: false },
  "gets-wbxml-https": { what: "gets", encoding: "wbxml", https: true },
} as const satisfies { readonly [name: string]: Case };

export type CaseName = keyof typeof CASES;

export const CASE_NAMES = Object.keys(CASES) as readonly CaseName[];
