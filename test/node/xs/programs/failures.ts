/** Runs failing.ts, as the entry that test/xs.ts generates would. On XS test/check has `run`. */
import * as check from "../../../check.ts";
import "./failing.ts";

(check as unknown as { run(): void }).run();
