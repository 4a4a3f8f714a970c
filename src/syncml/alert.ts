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
