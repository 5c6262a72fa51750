/** Dates as `toLocaleString('en-US', { timeZone: 'UTC' })` writes them. */
import { unavailable } from './host.ts';
import {
  includes,
  isFiniteNumber,
  NativeDate,
  padStart,
  slice,
  toText,
  toUpperCase,
  utc,
} from './intrinsics.ts';

type Text = string | undefined;

interface DateOptions {
  weekday?: Text;
  year?: Text;
  month?: Text;
  day?: Text;
  hour?: Text;
  minute?: Text;
  second?: Text;
  fractionalSecondDigits?: number;
  timeZoneName?: Text;
  hour12?: boolean;
  hourCycle?: Text;
  timeZone?: Text;
  dateStyle?: Text;
  timeStyle?: Text;
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const utcNames =
  ' UTC GMT ETC/UTC ETC/GMT ETC/UCT ETC/ZULU UCT ZULU ETC/UNIVERSAL UNIVERSAL +00:00 ';

const two = (value: number): string => padStart(toText(value), 2, '0');

/** A name in the wanted length: long, short or narrow. */
function named(name: string, length: Text): string {
  return length === 'long' ? name : slice(name, 0, length === 'narrow' ? 1 : 3);
}

const numeric = (value: number, form: Text): string =>
  form === '2-digit' ? two(value % 100) : toText(value);

const isName = (form: Text): boolean => form === 'long' || form === 'short' || form === 'narrow';

const glue = (left: string, between: string, right: string): string =>
  left === '' || right === '' ? left + right : left + between + right;

function datePart(time: number, options: DateOptions): string {
  const at = new NativeDate(time);
  const month = utc.month(at);
  const dayText = options.day === undefined ? '' : numeric(utc.date(at), options.day);
  const yearText = options.year === undefined ? '' : numeric(utc.year(at), options.year);
  const week =
    options.weekday === undefined
      ? ''
      : named(weekdays[utc.weekday(at)] as string, options.weekday);
  if (isName(options.month)) {
    const monthText = named(months[month] as string, options.month);
    const monthDay = glue(monthText, ' ', dayText);
    return glue(week, ', ', glue(monthDay, dayText === '' ? ' ' : ', ', yearText));
  }
  const monthText = options.month === undefined ? '' : numeric(month + 1, options.month);
  const numbers = glue(glue(monthText, '/', dayText), '/', yearText);
  // As in English: "2 Friday".
  if (monthText === '' && yearText === '' && dayText !== '') return glue(dayText, ' ', week);
  return glue(week, ', ', numbers);
}

function timePart(time: number, options: DateOptions): string {
  const at = new NativeDate(time);
  const hours = utc.hours(at);
  const minutes = utc.minutes(at);
  const seconds = utc.seconds(at);
  const { hour, minute, second, fractionalSecondDigits = 0, hour12, hourCycle } = options;
  const half = hour12 ?? (hourCycle !== 'h23' && hourCycle !== 'h24');
  let text = '';
  if (hour !== undefined) {
    const shown = half ? hours % 12 || 12 : hours;
    text = !half || hour === '2-digit' ? two(shown) : toText(shown);
  }
  if (minute !== undefined) {
    const alone = hour === undefined && second === undefined;
    text = glue(text, ':', alone ? toText(minutes) : two(minutes));
  }
  if (second !== undefined) {
    const alone = hour === undefined && minute === undefined;
    text = glue(text, ':', alone ? toText(seconds) : two(seconds));
  }
  if (fractionalSecondDigits > 0) {
    const digits = slice(padStart(toText(utc.milliseconds(at)), 3, '0'), 0, fractionalSecondDigits);
    text = glue(text, second === undefined ? '' : '.', digits);
  }
  if (hour !== undefined && half) text += hours < 12 ? ' AM' : ' PM';
  if (options.timeZoneName === undefined) return text;
  return glue(text, ' ', options.timeZoneName === 'long' ? 'Coordinated Universal Time' : 'UTC');
}

function ofStyles({ dateStyle, timeStyle, hour12, hourCycle }: DateOptions): DateOptions {
  const options: DateOptions = {};
  if (hour12 !== undefined) options.hour12 = hour12;
  if (hourCycle !== undefined) options.hourCycle = hourCycle;
  if (dateStyle !== undefined) {
    const short = dateStyle === 'short';
    options.year = short ? '2-digit' : 'numeric';
    options.month = short ? 'numeric' : dateStyle === 'medium' ? 'short' : 'long';
    options.day = 'numeric';
    if (dateStyle === 'full') options.weekday = 'long';
  }
  if (timeStyle !== undefined) {
    options.hour = 'numeric';
    options.minute = 'numeric';
    if (timeStyle !== 'short') options.second = 'numeric';
    if (timeStyle === 'long') options.timeZoneName = 'short';
    if (timeStyle === 'full') options.timeZoneName = 'long';
  }
  return options;
}

/** The options with what `toLocaleDateString` and its sisters show when nothing is asked for. */
function completed(given: DateOptions, shows: 'any' | 'date' | 'time'): DateOptions {
  const { weekday, year, month, day, hour, minute, second, fractionalSecondDigits } = given;
  const asksDate = (weekday ?? year ?? month ?? day) !== undefined;
  const asksTime = (hour ?? minute ?? second ?? fractionalSecondDigits) !== undefined;
  const needsDate = shows === 'date' ? !asksDate : shows === 'any' && !asksDate && !asksTime;
  const needsTime = shows === 'time' ? !asksTime : shows === 'any' && !asksDate && !asksTime;
  return {
    ...given,
    ...(needsDate ? { year: 'numeric', month: 'numeric', day: 'numeric' } : {}),
    ...(needsTime ? { hour: 'numeric', minute: 'numeric', second: 'numeric' } : {}),
  };
}

/**
 * @param time milliseconds since 1970
 * @throws Error `UNAVAILABLE_IN_SANDBOX` for a time zone other than UTC
 */
export function dateText(time: number, shows: 'any' | 'date' | 'time', options?: unknown): string {
  const given = (options ?? {}) as DateOptions;
  const { timeZone } = given;
  if (timeZone !== undefined && !includes(utcNames, ` ${toUpperCase(toText(timeZone))} `)) {
    throw unavailable(`The time zone ${toText(timeZone)}`, 'all times are in UTC.');
  }
  if (!isFiniteNumber(time)) return 'Invalid Date';
  const styled = given.dateStyle !== undefined || given.timeStyle !== undefined;
  const asked = styled ? ofStyles(given) : completed(given, shows);
  const isWeekday = (asked.year ?? asked.month ?? asked.day) === undefined;
  const between = asked.month === 'long' ? ' at ' : isWeekday ? ' ' : ', ';
  return glue(datePart(time, asked), between, timePart(time, asked));
}
