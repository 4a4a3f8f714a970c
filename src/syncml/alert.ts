/** Alert codes (OMA-TS-DM-Protocol §8.7, OMA-TS-DM-RepPro §6). */
import { frozen } from "../base/frozen.ts";

export const AlertCode = frozen({
  display: 1100,
  confirm: 1101,
  textInput: 1102,
  singleChoice: 1103,
  multipleChoice: 1104,
  serverInitiated: 1200,
  clientInitiated: 1201,
  nextMessage: 1222,
  sessionAbort: 1223,
  clientEvent: 1224,
  noEndOfData: 1225,
  generic: 1226,
});

/**
 * What a generic alert tells (OMA-TS-DM-Protocol §8.7): the one shape of all reports and requests
 * of the device. `id` is the asker's own, and does not travel.
 */
export interface GenericAlert {
  readonly id: number;
  readonly type: string;
  readonly format?: string | undefined;
  readonly mark?: string | undefined;
  /** URI of the object that speaks; absent: none in particular. */
  readonly source?: string | undefined;
  readonly correlator?: string | undefined;
  readonly data: string;
}
