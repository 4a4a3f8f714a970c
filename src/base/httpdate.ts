/**
 * Dates of HTTP (RFC 9110 §5.6.7), in the form of today and the two that recipients must read too:
 *
 *     Sun, 06 Nov 1994 08:49:37 GMT
 *     Sunday, 06-Nov-94 08:49:37 GMT
 *     Sun Nov  6 08:49:37 1994
 */
import { decimal } from "./decimal.ts";
import { frozen } from "./frozen.ts";
import { utf8 } from "./utf8.ts";

const MONTHS: readonly string[] = frozen([
  "jan",
  "feb",
  "mar",
  "apr",
  "may",
  "jun",
  "jul",
  "aug",
  "sep",
  "oct",
  "nov",
  "dec",
]);
/** A longer text is no date. */
const DATE_LENGTH_MAX = 40;
/** Years of two digits from here on are of the last century. */
const CENTURY = 70;
const DAYS_IN_ERA = 146_097;
/** From 0000-03-01 to 1970-01-01. */
const DAYS_TO_EPOCH = 719_468;

/** Returns the seconds from 1970 to the date, or undefined when the text is none. */
export function httpDate(value: string): number | undefined {
  if (value.length > DATE_LENGTH_MAX) return undefined;
  const words = value.split(" ").filter((word) => word !== "");
  const [, second = "", third = "", fourth = "", fifth = ""] = words;
  if (words.length === 6) return secondsTo(second, third, fourth, fifth);
  if (words.length === 5) return secondsTo(third, second, fifth, fourth);
  const [day = "", month = "", year = ""] = second.split("-");
  return words.length === 4 ? secondsTo(day, month, year, third) : undefined;
}

function secondsTo(
  dayText: string,
  monthText: string,
  yearText: string,
  time: string,
): number | undefined {
  const [hourText = "", minuteText = "", secondText = ""] = time.split(":");
  const day = number(dayText, 31);
  const month = MONTHS.indexOf(monthText.toLowerCase());
  const year = fullYear(number(yearText, 9999), yearText.length);
  const hour = number(hourText, 23);
  const minute = number(minuteText, 59);
  const second = number(secondText, 60);
  if (day === undefined || month < 0 || year === undefined) return undefined;
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  return ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

function number(value: string, most: number): number | undefined {
  return decimal(utf8(value), most);
}

function fullYear(year: number | undefined, digits: number): number | undefined {
  if (year === undefined || digits !== 2) return year;
  return year < CENTURY ? 2000 + year : 1900 + year;
}

/**
 * Days from 1970-01-01; `month` 0 is January. Years are counted from March on, so that leap days
 * end them.
 */
function days(year: number, month: number, day: number): number {
  const sinceMarch = (month + 10) % 12;
  const from = sinceMarch >= 10 ? year - 1 : year;
  const era = Math.floor(from / 400);
  const inEra = from - era * 400;
  const leap = Math.floor(inEra / 4) - Math.floor(inEra / 100);
  const inYear = Math.floor((153 * sinceMarch + 2) / 5) + day - 1;
  return era * DAYS_IN_ERA + inEra * 365 + leap + inYear - DAYS_TO_EPOCH;
}
