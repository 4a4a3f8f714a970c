/** Dates of HTTP. */
import { httpDate } from "../../../src/base/httpdate.ts";
import { equal, test } from "../../check.ts";

test("a date is read in its three forms, in any case of the month (RFC 9110 §5.6.7)", () => {
  for (const date of [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "sun, 6 NOV 1994  08:49:37 gmt",
  ])
    equal(httpDate(date), 784_111_777, date);
});

test("days are counted over leap years and centuries", () => {
  for (const [date, seconds] of [
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799],
    ["Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800],
    ["Fri, 31 Dec 2038 23:59:60 GMT", 2_177_452_800],
    ["Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400],
    ["Thursday, 01-Jan-70 00:00:00 GMT", 0],
    ["Sunday, 01-Jan-69 00:00:00 GMT", 3_124_224_000],
  ] as const)
    equal(httpDate(date), seconds, date);
});

test("what is no date is none", () => {
  for (const value of [
    "",
    "soon",
    "0",
    "Sun, 06 Nov 1994",
    "Sun, 32 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nix 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49 GMT",
    "Sun, -6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT and more of it",
    `${" ".repeat(30)}Sun, 06 Nov 1994 08:49:37 GMT`,
  ])
    equal(httpDate(value), undefined, value);
});
